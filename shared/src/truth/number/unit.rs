//! Units: which dimension a number has, and its size in the base unit.

use super::{
    Dimension, Quantity,
    spelled::{Kind, Raw},
};
use crate::truth::text::Token;

/// The dimension of a number and the token after its unit.
#[derive(Debug)]
pub struct Found {
    pub dimension: Dimension,
    pub factor: f64,
    pub end: usize,
}

/// Seconds, so that 60 days and two months may be compared.
const DAY: f64 = 86_400.0;

pub fn after(tokens: &[Token], raw: &Raw) -> Found {
    let found = |dimension, factor, end| Found { dimension, factor, end };
    let word = |at: usize| tokens.get(at).map_or("", |token| token.word.as_str());
    let next = word(raw.end);
    match &raw.kind {
        Kind::Rank => found(Dimension::Rank, 1.0, raw.end),
        Kind::Money(currency) => found(Dimension::Money(*currency), 1.0, raw.end),
        Kind::Percent if next.starts_with("point") => found(Dimension::Points, 1.0, raw.end + 1),
        Kind::Percent | Kind::Fraction => found(Dimension::Share, 1.0, raw.end),
        Kind::Factor => found(Dimension::Factor, 1.0, raw.end),
        Kind::Glued(unit) => match measure(unit) {
            Some((dimension, factor)) => found(dimension, factor, raw.end),
            None => found(Dimension::Count, 1.0, raw.end),
        },
        Kind::Plain { year } => {
            // "nine working days", "a two-year period"
            let skip = usize::from(matches!(
                next,
                "working" | "business" | "consecutive" | "full" | "whole" | "calendar" | "more"
            ));
            if matches!(next, "percent" | "percentage" | "per" | "pct" | "point" | "points") {
                let end = raw.end
                    + 1
                    + usize::from(matches!(word(raw.end + 1), "cent" | "point" | "points"));
                let points = next.starts_with("point") || word(raw.end + 1).starts_with("point");
                if next != "per" || word(raw.end + 1) == "cent" {
                    return found(
                        if points { Dimension::Points } else { Dimension::Share },
                        1.0,
                        end,
                    );
                }
            }
            if let Some(currency) = currency(next) {
                return found(Dimension::Money(currency), 1.0, raw.end + 1);
            }
            if let Some(currency) = code_before(tokens, raw) {
                return found(Dimension::Money(currency), 1.0, raw.end);
            }
            let rate = matches!(word(raw.end + 1), "a" | "per" | "each" | "every");
            if (next == "times" && !rate) || next == "fold" {
                return found(Dimension::Factor, 1.0, raw.end);
            }
            if *year {
                return found(Dimension::Year, 1.0, raw.end);
            }
            match measure(word(raw.end + skip)) {
                Some((dimension, factor)) => found(dimension, factor, raw.end + skip + 1),
                None => found(Dimension::Count, 1.0, raw.end),
            }
        }
    }
}

/// The factor of the unit a quantity was written with.
pub fn factor(tokens: &[Token], quantity: &Quantity) -> f64 {
    let last = quantity.end.checked_sub(1).and_then(|at| tokens.get(at));
    last.and_then(|token| measure(&token.word)).map_or(1.0, |(_, factor)| factor)
}

fn currency(word: &str) -> Option<char> {
    match word {
        "dollar" | "dollars" | "usd" => Some('$'),
        "euro" | "euros" | "eur" => Some('€'),
        "pound" | "pounds" | "gbp" | "sterling" => Some('£'),
        "yen" | "jpy" => Some('¥'),
        "rupee" | "rupees" | "inr" => Some('₹'),
        _ => None,
    }
}

/// Whether the number at `at` has a currency code before it.
pub fn has_code(tokens: &[Token], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|at| tokens.get(at));
    before.is_some_and(|token| matches!(token.word.as_str(), "usd" | "eur" | "gbp" | "jpy" | "inr"))
}

fn code_before(tokens: &[Token], raw: &Raw) -> Option<char> {
    let before = raw.end.checked_sub(2).and_then(|at| tokens.get(at))?;
    matches!(before.word.as_str(), "usd" | "eur" | "gbp" | "jpy" | "inr")
        .then(|| currency(&before.word))
        .flatten()
}

/// Seconds of a unit of time.
pub fn seconds(word: &str) -> Option<f64> {
    measure(word).filter(|(dimension, _)| *dimension == Dimension::Time).map(|(_, factor)| factor)
}

pub fn is_time(word: &str) -> bool {
    matches!(measure(word), Some((Dimension::Time, _)))
}

fn measure(word: &str) -> Option<(Dimension, f64)> {
    use Dimension::{Ampere, Byte, Gram, Hertz, Liter, Meter, SquareMeter, Time, Volt, Watt};
    Some(match word {
        "ms" | "millisecond" | "milliseconds" => (Time, 1e-3),
        "s" | "sec" | "secs" | "second" | "seconds" => (Time, 1.0),
        "min" | "mins" | "minute" | "minutes" => (Time, 60.0),
        "h" | "hr" | "hrs" | "hour" | "hours" => (Time, 3600.0),
        "day" | "days" => (Time, DAY),
        "week" | "weeks" | "wk" | "wks" => (Time, 7.0 * DAY),
        "month" | "months" | "mo" => (Time, 365.0 * DAY / 12.0),
        "year" | "years" | "yr" | "yrs" => (Time, 365.0 * DAY),
        "fortnight" | "fortnights" => (Time, 14.0 * DAY),
        "decade" | "decades" => (Time, 3650.0 * DAY),
        "w" | "watt" | "watts" => (Watt, 1.0),
        "kw" | "kilowatt" | "kilowatts" => (Watt, 1e3),
        "mw" | "megawatt" | "megawatts" => (Watt, 1e6),
        "mg" | "milligram" | "milligrams" => (Gram, 1e-3),
        "g" | "gram" | "grams" => (Gram, 1.0),
        "kg" | "kilo" | "kilos" | "kilogram" | "kilograms" => (Gram, 1e3),
        "t" | "ton" | "tons" | "tonne" | "tonnes" => (Gram, 1e6),
        "lb" | "lbs" => (Gram, 453.6),
        "mm" | "millimeter" | "millimeters" => (Meter, 1e-3),
        "cm" => (Meter, 1e-2),
        "meter" | "meters" => (Meter, 1.0),
        "km" | "kilometer" | "kilometers" | "kilometre" | "kilometres" => (Meter, 1e3),
        "mile" | "miles" => (Meter, 1609.3),
        "ft" | "foot" | "feet" => (Meter, 0.3048),
        "inch" | "inches" => (Meter, 0.0254),
        "kb" => (Byte, 1e3),
        "mb" | "megabytes" => (Byte, 1e6),
        "gb" | "gigabytes" => (Byte, 1e9),
        "tb" | "terabytes" => (Byte, 1e12),
        "pb" | "petabytes" => (Byte, 1e15),
        "v" | "volt" | "volts" => (Volt, 1.0),
        "kv" => (Volt, 1e3),
        "amp" | "amps" | "ampere" => (Ampere, 1.0),
        "hz" => (Hertz, 1.0),
        "khz" => (Hertz, 1e3),
        "mhz" => (Hertz, 1e6),
        "ghz" => (Hertz, 1e9),
        "ml" => (Liter, 1e-3),
        "l" | "liter" | "liters" | "litre" | "litres" => (Liter, 1.0),
        "sqm" | "m2" => (SquareMeter, 1.0),
        "sqft" => (SquareMeter, 0.0929),
        _ => return None,
    })
}
