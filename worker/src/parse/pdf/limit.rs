//! How much of a document is read. Each limit is at least four times what the
//! largest of some hundred real resumes needs, unless it says otherwise.

/// Resumes have a page or two, the longest seen eleven.
pub const PAGES: usize = 50;
/// The object and cross-reference streams read while a file is opened, all
/// together. A number in them costs sixty times its text once parsed.
pub const LOADED: usize = 4 << 20;
/// What one of them may take even where there are many; the largest seen has 35 KB.
pub const LOADED_STREAM: usize = 128 << 10;
/// Object streams of a file; writers put a hundred objects and more in each.
pub const OBJECT_STREAMS: usize = 64;
/// The streams of one page, decompressed.
pub const PAGE_CONTENT: usize = 4 << 20;
/// All content streams, decompressed; forms count each time they are drawn.
pub const ALL_CONTENT: usize = 16 << 20;
/// Drawing steps of the document; stands in for a deadline, since the reader has no clock.
pub const OPERATORS: u32 = 3_000_000;
/// Characters shown, seen or unseen.
pub const GLYPHS: u32 = 300_000;
/// Forms within forms; two are usual.
pub const FORM_DEPTH: usize = 8;
/// Saved graphics states; the format itself asks for 28.
pub const SAVED_STATES: usize = 256;
/// Arrays and dictionaries within a content stream; deeper ones are flattened.
pub const NESTING: usize = 16;
/// Operands kept before an operator; more is garbage.
pub const OPERANDS: usize = 4096;
/// Marked content within marked content.
pub const MARKS: usize = 256;
/// Fonts built; the rest of the text is passed over.
pub const FONTS: usize = 256;
/// A character map or a font's text part, decompressed.
pub const CMAP_BYTES: usize = 2 << 20;
pub const CMAP_TOKENS: usize = 400_000;
/// Entries of a width table.
pub const WIDTHS: usize = 140_000;
/// A font program, decompressed.
pub const FONT_PROGRAM: usize = 8 << 20;
/// Steps up the page tree for an inherited attribute.
pub const ANCESTORS: usize = 32;
/// Link annotations of a page.
pub const LINKS: usize = 500;
/// Painted areas remembered per page, to know the ground text stands on.
pub const FILLS: usize = 2000;
/// Small shapes remembered per page, each a possible bullet.
pub const DOTS: usize = 2000;
/// Letters an `ActualText` may put in place of what is drawn.
pub const ACTUAL_TEXT: usize = 4096;
