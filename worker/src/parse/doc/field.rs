//! Fields: an instruction nobody sees, then what it shows. Links are fields.

/// Fields within fields.
const MAX_DEPTH: usize = 64;
/// Letters of an instruction that are kept.
const MAX_INSTRUCTION: usize = 4096;

#[derive(Default)]
pub struct Fields {
    open: Vec<Field>,
}

#[derive(Default)]
struct Field {
    instruction: String,
    shown: bool,
    link: Option<String>,
}

impl Fields {
    pub fn open(&mut self) {
        if self.open.len() < MAX_DEPTH {
            self.open.push(Field::default());
        }
    }

    /// The instruction is complete; what follows is shown.
    pub fn instructed(&mut self) {
        if let Some(field) = self.open.last_mut() {
            field.shown = true;
            let target = field.instruction.trim().strip_prefix("HYPERLINK");
            field.link = target.and_then(|rest| rest.split('"').nth(1)).map(str::to_owned);
        }
    }

    pub fn close(&mut self) {
        self.open.pop();
    }

    /// Takes the text when it is part of an instruction.
    pub fn takes(&mut self, text: &str) -> bool {
        let Some(field) = self.open.iter_mut().rfind(|field| !field.shown) else { return false };
        if field.instruction.len() < MAX_INSTRUCTION {
            field.instruction.push_str(text);
        }
        true
    }

    /// Where the innermost link around the text points.
    pub fn link(&self) -> Option<String> {
        self.open.iter().rev().find_map(|field| field.link.clone())
    }
}
