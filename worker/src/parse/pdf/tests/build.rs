//! Small files for tests.

use std::fmt::Write;

use lopdf::{Document, EncryptionState, EncryptionVersion, Object, Permissions, StringFormat};

/// A file of objects numbered from 1, the first being the catalog.
pub fn file(objects: &[String]) -> Vec<u8> {
    let mut file = String::from("%PDF-1.7\n");
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (number, object) in (1..).zip(objects) {
        writeln!(table, "{:010} 00000 n ", file.len()).unwrap();
        write!(file, "{number} 0 obj\n{object}\nendobj\n").unwrap();
    }
    let start = file.len();
    let size = objects.len() + 1;
    write!(file, "{table}trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n")
        .unwrap();
    file.into_bytes()
}

pub fn stream(dictionary: &str, content: &str) -> String {
    format!("<<{dictionary}/Length {}>>stream\n{content}\nendstream", content.len())
}

/// A letter-sized page with Helvetica as `F1` and its bold as `F2`.
pub fn page(content: &str) -> Vec<u8> {
    page_with(content, &[], "")
}

/// The same with objects from number 6 on and further resources.
pub fn page_with(content: &str, objects: &[&str], resources: &str) -> Vec<u8> {
    pages(&[content], objects, resources)
}

/// A page with entries of its own in its dictionary.
pub fn page_having(entries: &str, content: &str) -> Vec<u8> {
    numbered(&[content], &[], ("", entries))
}

/// Several pages; the objects follow number 5 all the same, the first a possible annotation.
pub fn pages(contents: &[&str], objects: &[&str], resources: &str) -> Vec<u8> {
    numbered(contents, objects, (resources, if objects.is_empty() { "" } else { "/Annots[6 0 R]" }))
}

fn numbered(contents: &[&str], objects: &[&str], (resources, entries): (&str, &str)) -> Vec<u8> {
    let first = 6 + objects.len();
    let kids: Vec<String> =
        (0..contents.len()).map(|page| format!("{} 0 R", first + 2 * page)).collect();
    let font = |name: &str| {
        format!("<</Type/Font/Subtype/Type1/BaseFont/{name}/Encoding/WinAnsiEncoding>>")
    };
    let mut all = vec![
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        format!("<</Type/Pages/Kids[{}]/Count {}>>", kids.join(" "), contents.len()),
        font("Helvetica"),
        font("Helvetica-Bold"),
        format!("<</Font<</F1 3 0 R/F2 4 0 R/F3 6 0 R>>{resources}>>"),
    ];
    all.extend(objects.iter().map(ToString::to_string));
    for (number, content) in contents.iter().enumerate() {
        let content_number = first + 2 * number + 1;
        all.push(format!(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources 5 0 R/Contents {content_number} 0 R{entries}>>"
        ));
        all.push(stream("", content));
    }
    file(&all)
}

/// A line of text at a place, in the named font at 10 points.
pub fn at(x: i32, y: i32, text: &str) -> String {
    format!("BT /F1 10 Tf {x} {y} Td ({text}) Tj ET\n")
}

pub fn encrypted(file: &[u8], password: &str) -> Vec<u8> {
    let mut document = Document::load_mem(file).unwrap();
    let id = Object::String(b"0123456789abcdef".to_vec(), StringFormat::Literal);
    document.trailer.set("ID", vec![id.clone(), id]);
    let version = EncryptionVersion::V2 {
        document: &document,
        owner_password: "owner",
        user_password: password,
        key_length: 128,
        permissions: Permissions::all(),
    };
    let state = EncryptionState::try_from(version).unwrap();
    document.encrypt(&state).unwrap();
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
}
