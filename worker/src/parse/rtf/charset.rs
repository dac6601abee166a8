//! The encodings of rich text: a code page, and per font another.

use std::collections::HashMap;

use encoding_rs::{
    BIG5, EUC_KR, Encoding, GBK, SHIFT_JIS, WINDOWS_874, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252,
    WINDOWS_1253, WINDOWS_1254, WINDOWS_1255, WINDOWS_1256, WINDOWS_1257, WINDOWS_1258,
};

/// More fonts than this are not remembered.
const MAX_FONTS: usize = 4096;

pub struct Charsets {
    page: &'static Encoding,
    fonts: HashMap<i32, &'static Encoding>,
    /// The first half of a surrogate pair.
    high: Option<u16>,
}

impl Default for Charsets {
    fn default() -> Self {
        Self { page: WINDOWS_1252, fonts: HashMap::new(), high: None }
    }
}

impl Charsets {
    pub fn set_page(&mut self, page: i32) {
        self.page = match page {
            874 => WINDOWS_874,
            932 => SHIFT_JIS,
            936 => GBK,
            949 => EUC_KR,
            950 => BIG5,
            1250 => WINDOWS_1250,
            1251 => WINDOWS_1251,
            1253 => WINDOWS_1253,
            1254 => WINDOWS_1254,
            1255 => WINDOWS_1255,
            1256 => WINDOWS_1256,
            1257 => WINDOWS_1257,
            1258 => WINDOWS_1258,
            65001 => encoding_rs::UTF_8,
            _ => WINDOWS_1252,
        };
    }

    pub fn set_font(&mut self, font: i32, charset: i32) {
        let encoding = match charset {
            128 => SHIFT_JIS,
            129 => EUC_KR,
            134 => GBK,
            136 => BIG5,
            161 => WINDOWS_1253,
            162 => WINDOWS_1254,
            163 => WINDOWS_1258,
            177 => WINDOWS_1255,
            178 => WINDOWS_1256,
            186 => WINDOWS_1257,
            204 => WINDOWS_1251,
            222 => WINDOWS_874,
            238 => WINDOWS_1250,
            _ => return,
        };
        if self.fonts.len() < MAX_FONTS {
            self.fonts.insert(font, encoding);
        }
    }

    pub fn decode(&self, font: i32, bytes: &[u8]) -> String {
        let encoding = self.fonts.get(&font).unwrap_or(&self.page);
        encoding.decode_without_bom_handling(bytes).0.into_owned()
    }

    /// The text of a UTF-16 unit; nothing for the first half of a pair.
    pub fn unit(&mut self, unit: u16) -> String {
        if (0xD800..0xDC00).contains(&unit) {
            self.high = Some(unit);
            return String::new();
        }
        let units: Vec<u16> = self.high.take().into_iter().chain([unit]).collect();
        char::decode_utf16(units).filter_map(Result::ok).collect()
    }
}
