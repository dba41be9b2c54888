//! A measured figure, and how figures are shown: a table for people, one line of JSON for programs.

use serde_json::{Value, json};

/// One figure with its unit and, where there is one, the aim that it is held against.
#[derive(Clone, Debug)]
pub(crate) struct Figure {
    pub(crate) name: &'static str,
    pub(crate) value: f64,
    pub(crate) unit: &'static str,
    pub(crate) aim: Option<Aim>,
}

/// What a figure is held against.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Aim {
    AtMost(f64),
    AtLeast(f64),
}

impl Aim {
    fn is_met_by(self, value: f64) -> bool {
        match self {
            Self::AtMost(most) => value <= most,
            Self::AtLeast(least) => value >= least,
        }
    }
    fn value(self) -> f64 {
        match self {
            Self::AtMost(value) | Self::AtLeast(value) => value,
        }
    }
    fn text(self) -> String {
        match self {
            Self::AtMost(most) => format!("aim <= {most}"),
            Self::AtLeast(least) => format!("aim >= {least}"),
        }
    }
}

impl Figure {
    fn verdict(&self) -> &'static str {
        match self.aim {
            Some(aim) if aim.is_met_by(self.value) => "met",
            Some(_) => "MISSED",
            None => "",
        }
    }
}

pub(crate) fn table(figures: &[Figure]) -> String {
    let width = figures.iter().map(|figure| figure.name.len()).max().unwrap_or(0);
    let row = |figure: &Figure| {
        let aim = figure.aim.map_or_else(String::new, Aim::text);
        let line = format!(
            "{:<width$}  {:>10.2} {:<4} {aim:<13} {}",
            figure.name,
            figure.value,
            figure.unit,
            figure.verdict()
        );
        format!("{}\n", line.trim_end())
    };
    figures.iter().map(row).collect()
}

pub(crate) fn json(figures: &[Figure]) -> String {
    let items: Vec<Value> = figures
        .iter()
        .map(|figure| json!({"name": figure.name, "value": figure.value, "unit": figure.unit, "aim": figure.aim.map(Aim::value)}))
        .collect();
    json!({ "figures": items }).to_string()
}

/// The middle of some values.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The value below which this share of the values lies.
pub(crate) fn percentile(values: &[f64], share: f64) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    let index = (values.len() as f64 * share) as usize;
    values.get(index.min(values.len().saturating_sub(1))).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missed_aim_is_seen() {
        let figures = [
            Figure { name: "ready", value: 0.4, unit: "s", aim: Some(Aim::AtMost(1.0)) },
            Figure { name: "idle memory", value: 61.5, unit: "MB", aim: Some(Aim::AtMost(60.0)) },
        ];
        let rate = |value| Figure { name: "uploads", value, unit: "/s", aim: Some(Aim::AtLeast(2000.0)) };
        assert_eq!((rate(2000.0).verdict(), rate(1999.0).verdict()), ("met", "MISSED"));
        let table = table(&figures);
        assert!(table.lines().next().unwrap().ends_with("met"), "{table}");
        assert!(table.lines().nth(1).unwrap().ends_with("MISSED"), "{table}");
        assert!(json(&figures).contains(r#""name":"ready""#));
    }

    #[test]
    fn the_median_ignores_one_slow_run() {
        assert!((median(vec![9.0, 1.0, 2.0]) - 2.0).abs() < f64::EPSILON);
    }
}
