use std::io::Write;

use super::*;

/// A minimal document: one piece of text, no formats.
fn document(text: &[u8], narrow: bool, flags: u16) -> Vec<u8> {
    let characters = u32::try_from(if narrow { text.len() } else { text.len() / 2 }).unwrap();
    let start: u32 = 0x400;
    let mut main = vec![0; start as usize];
    main[0..2].copy_from_slice(&MAGIC.to_le_bytes());
    main[2..4].copy_from_slice(&WORD_97.to_le_bytes());
    main[0x0A..0x0C].copy_from_slice(&(0x0200 | flags).to_le_bytes());
    main[0x4C..0x50].copy_from_slice(&characters.to_le_bytes());
    main.extend_from_slice(text);
    let place = if narrow { 0x4000_0000 | (start * 2) } else { start };
    let mut table = vec![0x02];
    for number in [16, 0, characters] {
        table.extend_from_slice(&u32::to_le_bytes(number));
    }
    table.extend_from_slice(&[0, 0]);
    table.extend_from_slice(&place.to_le_bytes());
    table.extend_from_slice(&[0, 0]);
    main[0x1A6..0x1AA].copy_from_slice(&u32::try_from(table.len()).unwrap().to_le_bytes());
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    file.create_stream("/WordDocument").unwrap().write_all(&main).unwrap();
    file.create_stream("/1Table").unwrap().write_all(&table).unwrap();
    file.flush().unwrap();
    file.into_inner().into_inner()
}

fn texts(bytes: &[u8]) -> Vec<String> {
    read(bytes).unwrap().lines.into_iter().map(|line| line.text).collect()
}

#[test]
fn narrow_and_wide_text_is_read_with_its_links() {
    let narrow = document(
        b"Jos\xe9 Example\r\x13 HYPERLINK \"https://example.org\" \x14my page\x15\x0bnext\rco\x1fop\x96x\r",
        true,
        0,
    );
    let wide: Vec<u8> = "Zoë 王小明 😀\r".encode_utf16().flat_map(u16::to_le_bytes).collect();

    assert_eq!(texts(&narrow), ["José Example", "my page", "next", "coop–x"]);
    let link = read(&narrow).unwrap().lines[1].spans[0].link.clone();
    assert_eq!(link.as_deref(), Some("https://example.org"));
    assert_eq!(texts(&document(&wide, false, 0)), ["Zoë 王小明 😀"]);
}

#[test]
fn what_cannot_be_read_says_why() {
    let whole = document(b"text\r", true, 0);

    assert_eq!(read(&document(b"text\r", true, 0x0100)), Err(ParseError::Encrypted));
    assert_eq!(read(&document(b"\r", true, 0)), Err(ParseError::Empty));
    assert_eq!(read(&whole[..600]), Err(ParseError::Damaged));
    assert_eq!(read(b"no compound file"), Err(ParseError::Damaged));
}
