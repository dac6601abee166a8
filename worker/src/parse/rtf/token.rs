//! The tokens of rich text.

/// A control word, a group bracket or a byte of text.
#[derive(Debug, PartialEq)]
pub enum Token<'a> {
    Open,
    Close,
    /// The next word names a group that readers may ignore.
    Star,
    Word(&'a str, Option<i32>),
    Byte(u8),
}

/// Reads tokens one by one.
pub struct Tokens<'a> {
    rest: &'a [u8],
}

impl<'a> Tokens<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Passes over raw bytes.
    pub fn pass(&mut self, count: usize) {
        self.rest = self.rest.get(count..).unwrap_or_default();
    }

    /// Passes over characters, written as bytes or as escapes, within the group.
    pub fn pass_characters(&mut self, count: usize) {
        for _ in 0..count {
            let before = self.rest;
            match self.next() {
                Some(Token::Byte(_)) => {}
                Some(Token::Open | Token::Close | Token::Star | Token::Word(..)) | None => {
                    self.rest = before;
                    return;
                }
            }
        }
    }

    pub fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let (first, rest) = self.rest.split_first()?;
            self.rest = rest;
            match first {
                b'{' => return Some(Token::Open),
                b'}' => return Some(Token::Close),
                b'\r' | b'\n' | 0 => {}
                b'\\' => return self.control(),
                b'\t' => return Some(Token::Word("tab", None)),
                other => return Some(Token::Byte(*other)),
            }
        }
    }

    fn control(&mut self) -> Option<Token<'a>> {
        let (first, rest) = self.rest.split_first()?;
        if first.is_ascii_alphabetic() {
            return Some(self.word());
        }
        self.rest = rest;
        Some(match first {
            b'\'' => self.hex(),
            b'*' => Token::Star,
            b'~' => Token::Word("~", None),
            b'_' => Token::Word("_", None),
            b'\r' | b'\n' => Token::Word("par", None),
            b'-' | b'|' | b':' => Token::Word("", None),
            other => Token::Byte(*other),
        })
    }

    fn hex(&mut self) -> Token<'a> {
        let digits = self.rest.get(..2).unwrap_or_default();
        let value =
            std::str::from_utf8(digits).ok().and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match value {
            Some(value) => {
                self.pass(2);
                Token::Byte(value)
            }
            None => Token::Word("", None),
        }
    }

    fn word(&mut self) -> Token<'a> {
        let name = self.run(u8::is_ascii_alphabetic);
        let negative =
            self.rest.first() == Some(&b'-') && self.rest.get(1).is_some_and(u8::is_ascii_digit);
        if negative {
            self.pass(1);
        }
        let digits = self.run(u8::is_ascii_digit);
        if self.rest.first() == Some(&b' ') {
            self.pass(1);
        }
        let value = digits.parse::<i32>().ok().map(|value| if negative { -value } else { value });
        Token::Word(name, value)
    }

    fn run(&mut self, belongs: impl Fn(&u8) -> bool) -> &'a str {
        let end = self.rest.iter().position(|byte| !belongs(byte)).unwrap_or(self.rest.len());
        let (run, rest) = self.rest.split_at(end);
        self.rest = rest;
        std::str::from_utf8(run).unwrap_or_default()
    }
}
