use std::io::Write;

use zip::write::SimpleFileOptions;

use super::*;

fn sniffed(content: &[u8]) -> Option<Format> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(content).unwrap();
    sniff(file.path()).unwrap()
}

fn package(name: &str, content: &str) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    writer.start_file(name, SimpleFileOptions::default()).unwrap();
    writer.write_all(content.as_bytes()).unwrap();
    writer.finish().unwrap().into_inner()
}

fn compound_with(stream: &str) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(std::io::Cursor::new(Vec::new())).unwrap();
    file.create_stream(stream).unwrap().write_all(b"x").unwrap();
    file.flush().unwrap();
    file.into_inner().into_inner()
}

#[test]
fn a_file_is_what_its_content_is() {
    let cases: [(&[u8], Option<Format>); 15] = [
        (b"junk\n%PDF-1.7\n", Some(Format::Pdf)),
        (b"MZ %PDF-1.7", None),
        (&package("word/document.xml", "<x/>"), Some(Format::Docx)),
        (&package("mimetype", Format::Odt.media_type()), Some(Format::Odt)),
        (&package("xl/workbook.xml", "<x/>"), None),
        (&compound_with("/WordDocument"), Some(Format::Doc)),
        (&compound_with("/EncryptedPackage"), Some(Format::Docx)),
        (&compound_with("/Workbook"), None),
        (b"{\\rtf1 x}", Some(Format::Rtf)),
        (b"<?xml version='1.0'?><!-- cv --> <!DOCTYPE html><p>x", Some(Format::Html)),
        (b"{\"basics\": {\"name\": \"Ada\"}}", Some(Format::JsonResume)),
        (b"{\"items\": []}", Some(Format::Text)),
        (b"# Ada", Some(Format::Text)),
        (b"a\0b", None),
        (b"\x89PNG\r\n\x1a\n....", None),
    ];

    for (content, format) in cases {
        assert_eq!(sniffed(content), format, "{:?}", String::from_utf8_lossy(content));
    }
}

#[test]
fn only_the_formats_of_plain_text_may_go_by_another_name() {
    for content in Format::ALL {
        for claimed in Format::ALL.into_iter().filter(|claimed| *claimed != content) {
            let text =
                content == Format::Text && matches!(claimed, Format::Markdown | Format::Html);
            assert_eq!(agrees(content, claimed), text, "{content:?} as {claimed:?}");
        }
    }
}
