//! What is known about a resume beside its data.

use std::collections::BTreeMap;

use poem_openapi::Object;
use shared::resume::sidecar;

use crate::mirror::mirror;
use crate::report::ReadabilityCode;

mirror! {
    /// Who read or wrote a value
    FieldSource of sidecar::Source { Rules, Model, Person }
}

/// Where each value came from, how sure that is, and what found no place
#[derive(Debug, Default, Object)]
pub struct Sidecar {
    /// By JSON pointer of the value, such as `/work/0/startDate`
    pub fields: BTreeMap<String, FieldOrigin>,
    /// Lines of the document that belong to no field
    pub unplaced: Vec<UnplacedLine>,
    /// Text that a reader of the document cannot see; never used, only reported
    pub hidden_text: Option<HiddenText>,
    /// Pages of the document
    pub pages: u32,
    /// What makes the document hard to read for software
    pub findings: Vec<DocumentFinding>,
}

/// Where a value came from
#[derive(Debug, Object)]
pub struct FieldOrigin {
    /// 0 to 1
    pub confidence: f32,
    pub source: FieldSource,
    /// From 1
    pub page: Option<u32>,
    /// The line of the document that holds the value
    pub quote: Option<String>,
}

/// A line that belongs to no field
#[derive(Debug, Object)]
pub struct UnplacedLine {
    /// From 1
    pub page: u32,
    pub text: String,
}

/// How much text is hidden, and where
#[derive(Debug, Object)]
pub struct HiddenText {
    pub characters: u64,
    pub pages: Vec<u32>,
}

/// Something that software stumbles over
#[derive(Debug, Object)]
pub struct DocumentFinding {
    pub code: ReadabilityCode,
    /// From 1; absent when it concerns the whole document
    pub page: Option<u32>,
}

impl From<sidecar::Sidecar> for Sidecar {
    fn from(sidecar: sidecar::Sidecar) -> Self {
        let fields = sidecar.fields.into_iter();
        let unplaced = sidecar.unplaced.into_iter();
        Self {
            fields: fields.map(|(path, origin)| (path, origin.into())).collect(),
            unplaced: unplaced.map(|one| UnplacedLine { page: one.page, text: one.text }).collect(),
            hidden_text: sidecar.hidden_text.map(|hidden| HiddenText {
                characters: hidden.characters as u64,
                pages: hidden.pages,
            }),
            pages: sidecar.pages,
            findings: sidecar.findings.into_iter().map(DocumentFinding::from).collect(),
        }
    }
}

impl From<sidecar::Provenance> for FieldOrigin {
    fn from(origin: sidecar::Provenance) -> Self {
        Self {
            confidence: origin.confidence,
            source: origin.source.into(),
            page: origin.page,
            quote: origin.quote,
        }
    }
}

impl From<sidecar::Finding> for DocumentFinding {
    fn from(finding: sidecar::Finding) -> Self {
        use sidecar::FindingCode as Code;
        let code = match finding.code {
            Code::HiddenText => ReadabilityCode::HiddenText,
            Code::ColumnsOutOfOrder => ReadabilityCode::ColumnsOutOfOrder,
            Code::FontsWithoutMapping => ReadabilityCode::FontsWithoutMapping,
            Code::Tables => ReadabilityCode::Tables,
            Code::ImagesOfText => ReadabilityCode::ImagesOfText,
            Code::ContactInHeader => ReadabilityCode::ContactInHeader,
            Code::LowTextQuality => ReadabilityCode::LowTextQuality,
            Code::Truncated => ReadabilityCode::Truncated,
        };
        Self { code, page: finding.page }
    }
}
