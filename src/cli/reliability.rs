//! A small drawing of what was foretold against what was seen.

use std::fmt::Write as _;

/// A group of cases of like score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReliabilityPoint {
    /// The mean of what was foretold, from 0 to 1.
    pub foretold: f64,
    /// The share that happened, from 0 to 1.
    pub observed: f64,
    /// Where that share lies with 95 % confidence, from 0 to 1.
    pub interval: [f64; 2],
}

/// The pixels of a side of the square, and what is left around it for words.
const SIDE: f64 = 300.0;
const MARGIN: f64 = 45.0;

/// An SVG picture, 390 by 390 pixels: one dot a group, with its interval. Dots on the diagonal
/// foretold exactly; dots below it promised too much.
///
/// # Complexity
/// Linear in the points.
pub fn reliability_svg(title: &str, points: &[ReliabilityPoint]) -> String {
    let x = |share: f64| MARGIN + SIDE * share.clamp(0.0, 1.0);
    let y = |share: f64| MARGIN + SIDE * (1.0 - share.clamp(0.0, 1.0));
    let full = SIDE + 2.0 * MARGIN;
    let title = title.replace('&', "&amp;").replace('<', "&lt;");
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{full}\" \
         height=\"{full}\" viewBox=\"0 0 {full} {full}\" \
         font-family=\"sans-serif\" font-size=\"12\" text-anchor=\"middle\">\n\
         <title>{title}</title>\n\
         <rect width=\"{full}\" height=\"{full}\" fill=\"white\"/>\n\
         <text x=\"{}\" y=\"25\" font-size=\"14\">{title}</text>\n\
         <rect x=\"{MARGIN}\" y=\"{MARGIN}\" width=\"{SIDE}\" height=\"{SIDE}\" fill=\"none\" \
         stroke=\"#bbb\"/>\n\
         <path d=\"M{} {}L{} {}\" stroke=\"#bbb\"/>\n",
        full / 2.0,
        x(0.0),
        y(0.0),
        x(1.0),
        y(1.0),
    );
    // Writing to a string never fails.
    for share in [0.0, 0.5, 1.0] {
        let _ = write!(
            svg,
            "<text x=\"{:.0}\" y=\"{:.0}\">{share}</text>\n<text x=\"{:.0}\" y=\"{:.0}\">{share}</text>\n",
            x(share),
            y(0.0) + 16.0,
            MARGIN - 14.0,
            y(share) + 4.0,
        );
    }
    for point in points {
        let (at, [low, high]) = (x(point.foretold), point.interval.map(y));
        let _ = write!(
            svg,
            "<path d=\"M{at:.1} {low:.1}V{high:.1}\" stroke=\"#27c\"/>\n\
             <circle cx=\"{at:.1}\" cy=\"{:.1}\" r=\"3.5\" fill=\"#27c\"/>\n",
            y(point.observed),
        );
    }
    let _ = write!(
        svg,
        "<text x=\"{}\" y=\"{}\">foretold</text>\n\
         <text transform=\"translate(14 {}) rotate(-90)\">seen</text>\n</svg>\n",
        full / 2.0,
        full - 10.0,
        full / 2.0,
    );
    svg
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_group_is_a_dot_inside_the_square() {
        let point = ReliabilityPoint { foretold: 0.5, observed: 0.25, interval: [-0.1, 1.2] };
        let svg = reliability_svg("Ours & <theirs>", &[point, point]);
        assert_eq!(svg.matches("<circle cx=\"195.0\" cy=\"270.0\"").count(), 2);
        assert_eq!(svg.matches("M195.0 345.0V45.0").count(), 2);
        assert!(svg.contains("Ours &amp; &lt;theirs>") && svg.ends_with("</svg>\n"));
    }
}
