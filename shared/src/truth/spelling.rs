//! One spelling and one stem for words that are written in several ways.

use rust_stemmers::Stemmer;

const WHOLE: [(&str, &str); 14] = [
    ("programme", "program"),
    ("programmes", "programs"),
    ("disc", "disk"),
    ("discs", "disks"),
    ("centre", "center"),
    ("centres", "centers"),
    ("fibre", "fiber"),
    ("metre", "meter"),
    ("metres", "meters"),
    ("theatre", "theater"),
    ("licence", "license"),
    ("licences", "licenses"),
    ("defence", "defense"),
    ("cheque", "check"),
];

const PARTS: [(&str, &str); 20] = [
    ("anaesth", "anesth"),
    ("paediatr", "pediatr"),
    ("orthopaed", "orthoped"),
    ("gynaec", "gynec"),
    ("haem", "hem"),
    ("oedema", "edema"),
    ("mould", "mold"),
    ("catalogue", "catalog"),
    ("dialogue", "dialog"),
    ("aluminium", "aluminum"),
    ("labour", "labor"),
    ("colour", "color"),
    ("behaviour", "behavior"),
    ("favour", "favor"),
    ("honour", "honor"),
    ("neighbour", "neighbor"),
    ("harbour", "harbor"),
    ("isation", "ization"),
    ("ising", "izing"),
    ("lys", "lyz"),
];

/// Their last letter is doubled on one side of the Atlantic only.
const DOUBLED: [&str; 13] = [
    "travel", "model", "label", "cancel", "counsel", "level", "signal", "fuel", "total", "channel",
    "panel", "pencil", "trial",
];

const ENDINGS: [(&str, &str); 4] =
    [("ise", "ize"), ("ised", "ized"), ("ises", "izes"), ("iser", "izer")];

/// British spelling made American; takes and gives lower case.
pub fn american(mut word: String) -> String {
    if let Some((_, to)) = WHOLE.iter().find(|(from, _)| *from == word) {
        return (*to).to_owned();
    }
    for (from, to) in PARTS {
        if word.contains(from) && word.len() > from.len() + 1 {
            word = word.replace(from, to);
        }
    }
    for root in DOUBLED {
        if let Some(ending) = word.strip_prefix(root).and_then(|rest| rest.strip_prefix('l')) {
            word = format!("{root}{ending}");
            break;
        }
    }
    for (from, to) in ENDINGS {
        let start = word.strip_suffix(from).filter(|start| start.len() > 3).map(str::len);
        if let Some(start) = start {
            word.truncate(start);
            word.push_str(to);
        }
    }
    word
}

/// The stemmer runs some words together that are far apart in a resume.
pub fn stem(word: &str, stemmer: &Stemmer) -> String {
    match word {
        "internal" | "internally" => "internal".to_owned(),
        "international" | "internationally" => "international".to_owned(),
        "organization" | "organizations" | "organizational" => "organiz".to_owned(),
        "university" | "universities" => "university".to_owned(),
        "community" | "communities" => "community".to_owned(),
        "children" => "child".to_owned(),
        "warehousing" => "warehous".to_owned(),
        "taught" => "teach".to_owned(),
        "led" => "lead".to_owned(),
        "ran" => "run".to_owned(),
        "written" | "wrote" => "write".to_owned(),
        "built" => "build".to_owned(),
        "grew" | "grown" => "grow".to_owned(),
        "kept" => "keep".to_owned(),
        "sold" => "sell".to_owned(),
        "bought" => "buy".to_owned(),
        "made" => "make".to_owned(),
        "drew" | "drawn" => "draw".to_owned(),
        "oversaw" | "overseen" => "overse".to_owned(),
        "found" => "find".to_owned(),
        "held" => "hold".to_owned(),
        "won" => "win".to_owned(),
        "driven" => "driven".to_owned(),
        "drove" => "drive".to_owned(),
        "analysis" | "analyses" | "analyst" | "analysts" => "analyz".to_owned(),
        "reconciliation" | "reconciliations" => "reconcil".to_owned(),
        "maintenance" => "maintain".to_owned(),
        "specification" | "specifications" => "specifi".to_owned(),
        "calibration" => "calibr".to_owned(),
        _ => stemmer.stem(word).into_owned(),
    }
}
