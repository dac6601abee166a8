//! Edits of a resume as the fake proposes them: true ones, made of the words of the prompt.

use serde_json::{Map, Value, json};

use crate::model::fake::completion::messages;

/// Names listed skills that the posting asks for in the summary, and moves them to the front of their list.
pub fn answer(request: &Value) -> Value {
    let prompt = messages(request).last().copied().unwrap_or_default();
    let resume: Map<String, Value> = block(prompt, "resume")
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default();
    let posting = block(prompt, "posting").unwrap_or_default();
    let task = prompt.rsplit("Edit only: ").next().and_then(|task| task.lines().next());
    let open = |path: &str| task.is_some_and(|task| task.contains(path));
    let lists: Vec<(&String, Vec<&str>)> = resume
        .iter()
        .filter(|(path, _)| path.starts_with("/skills/"))
        .filter_map(|(path, list)| {
            Some((path, list.as_array()?.iter().filter_map(Value::as_str).collect()))
        })
        .collect();
    let summary = resume.get("/basics/summary").and_then(Value::as_str);
    let named = summary.filter(|_| open("/basics/summary"));
    let named = named.and_then(|summary| name_in_summary(summary, &lists, posting));
    let ordered = lists.iter().filter(|_| open("/skills"));
    let ordered = ordered.filter_map(|(path, list)| order(path, list, posting)).take(1);
    json!({ "edits": named.into_iter().chain(ordered).collect::<Vec<_>>() })
}

fn block<'p>(prompt: &'p str, name: &str) -> Option<&'p str> {
    let (_, rest) = prompt.split_once(&format!("<{name}>\n"))?;
    Some(rest.split_once(&format!("\n</{name}>"))?.0)
}

/// Whether the posting names the skill, as whole words.
fn asks(posting: &str, skill: &str) -> bool {
    let words = |text: &str| {
        let words = text.split(|letter: char| !letter.is_alphanumeric() && !"+#".contains(letter));
        let words = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
        format!(" {} ", words.to_lowercase())
    };
    words(posting).contains(&words(skill))
}

fn name_in_summary(summary: &str, lists: &[(&String, Vec<&str>)], posting: &str) -> Option<Value> {
    let all = lists.iter().flat_map(|(path, list)| list.iter().map(move |skill| (*path, *skill)));
    let new: Vec<(&String, &str)> =
        all.filter(|(_, skill)| asks(posting, skill) && !asks(summary, skill)).take(2).collect();
    let skills: Vec<&str> = new.iter().map(|(_, skill)| *skill).collect();
    (!new.is_empty()).then(|| {
        json!({
            "path": "/basics/summary",
            "after": format!("{summary} {}.", skills.join(", ")),
            "evidence": new.iter().map(|(path, _)| path).collect::<Vec<_>>(),
        })
    })
}

fn order(path: &str, list: &[&str], posting: &str) -> Option<Value> {
    let mut ordered = list.to_vec();
    ordered.sort_by_key(|skill| !asks(posting, skill));
    (ordered != list).then(|| {
        json!({
            "path": path,
            "after": ordered,
            "evidence": [path],
        })
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shared::posting::facts;
    use shared::resume::json::JsonResume;
    use shared::tailoring::{Intensity, Mode, Options, Section};
    use shared::truth::Verdict;

    use crate::model::fake::answer::content;
    use crate::model::schema::conforms;
    use crate::tailor::draft::{Asked, read};
    use crate::tailor::prompt::question;
    use crate::tailor::verify::{Verified, verify};

    fn proposed(sections: &[Section]) -> Verified {
        let resume: JsonResume = serde_json::from_value(json!({
            "basics": { "summary": "Backend developer with six years in logistics." },
            "work": [{ "name": "Harbour", "highlights": ["Ran 12 services on Kubernetes."] }],
            "skills": [{ "name": "Tools", "keywords": ["Bash", "Docker", "Kafka"] }]
        }))
        .unwrap();
        let facts = facts::read("Engineer\n\nRequirements\n- Docker and Kafka\n- Rust\n");
        let options = Options {
            mode: Mode::Partial,
            sections: sections.to_vec(),
            intensity: Intensity::Keywords,
            tone: None,
        };
        let request = question(&resume, &facts, &options, "m");
        let schema = request.schema.unwrap();
        let body = json!({
            "messages": [
                { "role": "system", "content": request.system },
                { "role": "user", "content": request.user },
            ],
            "response_format": { "type": "json_schema", "json_schema": {
                "name": schema.name, "schema": schema.schema,
            } },
        });
        let answer = content(&body);
        assert!(conforms(&schema.schema, &serde_json::from_str(&answer).unwrap()), "{answer}");
        let asked = Asked { resume: &resume, facts: &facts, options: &options };
        let draft = read(&answer, asked).unwrap();
        assert_eq!(draft.dropped, 0);
        verify(&resume, &facts, draft.edits)
    }

    #[test]
    fn the_fake_proposes_true_edits_made_of_the_resume() {
        let verified = proposed(&[Section::Summary, Section::Skills]);

        assert_eq!(verified.withheld, []);
        let edits: Vec<(&str, &str, Verdict)> = verified
            .proposals
            .iter()
            .map(|one| (one.edit.path.as_str(), one.edit.after.as_str(), one.verdict))
            .collect();
        let summary = "Backend developer with six years in logistics. Docker, Kafka.";
        assert_eq!(
            edits,
            [
                ("/basics/summary", summary, Verdict::Faithful),
                ("/skills/0/keywords", r#"["Docker","Kafka","Bash"]"#, Verdict::Faithful),
            ]
        );
        assert_eq!(verified.proposals[0].edit.requirement_ids, ["r1", "r2"]);
    }

    #[test]
    fn the_fake_keeps_to_the_sections_that_are_open() {
        assert_eq!(proposed(&[Section::Work]).proposals, []);
    }
}
