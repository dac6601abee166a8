//! Tokens of a content stream or character map.
//!
//! Never gives up: a byte that fits nowhere is skipped and reading goes on
//! after it, since one bad token must not cost the rest of a page.

#[derive(Clone, Debug, PartialEq)]
pub enum Token<'a> {
    Number(f32),
    Name(Vec<u8>),
    Text(Vec<u8>),
    ArrayStart,
    ArrayEnd,
    DictionaryStart,
    DictionaryEnd,
    Word(&'a [u8]),
}

pub struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
    returned: Option<Token<'a>>,
}

impl<'a> Lexer<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, returned: None }
    }

    /// Gives a token back, to come next once more.
    pub fn unread(&mut self, token: Token<'a>) {
        self.returned = Some(token);
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn bump(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn skip_blank(&mut self) {
        while let Some(byte) = self.peek() {
            if byte == b'%' {
                while self.peek().is_some_and(|byte| byte != b'\n' && byte != b'\r') {
                    self.at += 1;
                }
            } else if is_blank(byte) {
                self.at += 1;
            } else {
                return;
            }
        }
    }

    fn regular(&mut self) -> &'a [u8] {
        let start = self.at;
        while self.peek().is_some_and(is_regular) {
            self.at += 1;
        }
        self.bytes.get(start..self.at).unwrap_or_default()
    }

    fn name(&mut self) -> Token<'a> {
        let raw = self.regular();
        let mut name = Vec::with_capacity(raw.len());
        let mut rest = raw;
        while let [first, tail @ ..] = rest {
            rest = tail;
            match (*first, tail) {
                (b'#', [high, low, after @ ..]) if hex(*high).is_some() && hex(*low).is_some() => {
                    name.push(hex(*high).unwrap_or(0) << 4 | hex(*low).unwrap_or(0));
                    rest = after;
                }
                (byte, _) => name.push(byte),
            }
        }
        Token::Name(name)
    }

    /// After the opening parenthesis.
    fn literal(&mut self) -> Token<'a> {
        let mut text = Vec::new();
        let mut depth = 1_u32;
        while let Some(byte) = self.bump() {
            match byte {
                b'(' => depth += 1,
                b')' if depth == 1 => break,
                b')' => depth -= 1,
                b'\\' => {
                    self.escape(&mut text);
                    continue;
                }
                _ => {}
            }
            text.push(byte);
        }
        Token::Text(text)
    }

    fn escape(&mut self, text: &mut Vec<u8>) {
        match self.bump() {
            Some(b'n') => text.push(b'\n'),
            Some(b'r') => text.push(b'\r'),
            Some(b't') => text.push(b'\t'),
            Some(b'b') => text.push(8),
            Some(b'f') => text.push(12),
            Some(b'\r') => {
                if self.peek() == Some(b'\n') {
                    self.at += 1;
                }
            }
            Some(b'\n') | None => {}
            Some(digit @ b'0'..=b'7') => {
                let mut code = u32::from(digit - b'0');
                for _ in 0..2 {
                    let Some(digit @ b'0'..=b'7') = self.peek() else { break };
                    code = code * 8 + u32::from(digit - b'0');
                    self.at += 1;
                }
                text.push(u8::try_from(code & 0xFF).unwrap_or(0));
            }
            Some(other) => text.push(other),
        }
    }

    /// After the opening angle bracket.
    fn hexadecimal(&mut self) -> Token<'a> {
        let mut text = Vec::new();
        let mut high = None;
        while let Some(byte) = self.bump() {
            if byte == b'>' {
                break;
            }
            let Some(digit) = hex(byte) else { continue };
            match high.take() {
                None => high = Some(digit),
                Some(high) => text.push(high << 4 | digit),
            }
        }
        if let Some(high) = high {
            text.push(high << 4);
        }
        Token::Text(text)
    }

    /// Steps over the data of an inline image, after its `ID`.
    pub fn skip_image(&mut self) {
        self.at += 1;
        while let Some(rest) = self.bytes.get(self.at..) {
            let Some(found) = rest.windows(2).position(|pair| pair == b"EI") else {
                self.at = self.bytes.len();
                return;
            };
            let before = self.at + found;
            self.at = before + 2;
            let opened =
                before.checked_sub(1).and_then(|i| self.bytes.get(i)).is_none_or(|b| is_blank(*b));
            if opened && self.peek().is_none_or(is_blank) && self.looks_like_text() {
                return;
            }
        }
    }

    /// Image data may hold `EI` by chance; what follows a true one is plain ASCII.
    fn looks_like_text(&self) -> bool {
        let ahead = self.bytes.iter().skip(self.at).take(12);
        ahead.copied().all(|byte| is_blank(byte) || (0x20..0x7F).contains(&byte))
    }
}

impl<'a> Iterator for Lexer<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        if let Some(token) = self.returned.take() {
            return Some(token);
        }
        loop {
            self.skip_blank();
            let byte = self.bump()?;
            return Some(match byte {
                b'/' => self.name(),
                b'(' => self.literal(),
                b'<' if self.peek() == Some(b'<') => {
                    self.at += 1;
                    Token::DictionaryStart
                }
                b'<' => self.hexadecimal(),
                b'>' if self.peek() == Some(b'>') => {
                    self.at += 1;
                    Token::DictionaryEnd
                }
                b'[' => Token::ArrayStart,
                b']' => Token::ArrayEnd,
                b'>' | b')' | b'{' | b'}' => continue,
                _ => {
                    self.at -= 1;
                    let word = self.regular();
                    number(word).map_or(Token::Word(word), Token::Number)
                }
            });
        }
    }
}

/// Reads numbers as viewers do: `--5` is −5, `1.2.3` is 1.2, `12-3` is 12.
fn number(word: &[u8]) -> Option<f32> {
    let first = *word.first()?;
    if !(first.is_ascii_digit() || matches!(first, b'+' | b'-' | b'.')) {
        return None;
    }
    let signs = word.iter().take_while(|byte| matches!(byte, b'+' | b'-')).count();
    let (signs, digits) = word.split_at(signs);
    let mut value = 0.0_f64;
    let mut place = None;
    for byte in digits {
        match (byte, place) {
            (b'0'..=b'9', None) => value = value * 10.0 + f64::from(byte - b'0'),
            (b'0'..=b'9', Some(unit)) => {
                value += f64::from(byte - b'0') * unit;
                place = Some(unit / 10.0);
            }
            (b'.', None) => place = Some(0.1),
            (b'.' | b'-', _) => break,
            _ => return None,
        }
    }
    let value = if signs.contains(&b'-') { -value } else { value };
    Some(narrowed(value))
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "coordinates need no more than single precision"
)]
fn narrowed(value: f64) -> f32 {
    value as f32
}

pub fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, 0 | 9 | 10 | 12 | 13 | 32)
}

fn is_regular(byte: u8) -> bool {
    !is_blank(byte)
        && !matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

#[cfg(test)]
mod tests;
