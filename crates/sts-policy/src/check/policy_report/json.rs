//! For programs.

use serde_json::{Value, json};

use super::Report;
use crate::{Edit, Finding};

impl Report<'_> {
    /// The findings as one line of JSON, in the order of the text.
    ///
    /// ```json
    /// {"findings": [{"code": "json-trailing-comma", "severity": "error", "message": "…", "source": "…",
    ///   "place": {"start": 90, "end": 91, "line": 4, "column": 5, "path": "$.Statement"},
    ///   "fix": {"label": "…", "edits": [{"start": 90, "end": 91, "replacement": ""}]}}],
    ///  "leftOff": 0, "hasErrors": true}
    /// ```
    ///
    /// `start` and `end` count bytes from 0, `line` and `column` characters from 1; `fix` is `null` where none is offered.
    /// Members may be added, none will be taken away. The replacements of fixes may repeat names that stand in the policy.
    #[must_use]
    pub fn to_json(&self) -> String {
        let findings: Vec<Value> = self.findings().iter().map(finding).collect();
        json!({ "findings": findings, "leftOff": self.left_off(), "hasErrors": self.has_errors() })
            .to_string()
    }
}

fn finding(finding: &Finding) -> Value {
    let place = finding.place();
    let span = place.span();
    json!({
        "code": finding.code(),
        "severity": finding.severity().as_str(),
        "message": finding.message(),
        "source": finding.rule().source(),
        "place": {
            "start": span.start,
            "end": span.end,
            "line": place.line(),
            "column": place.column(),
            "path": place.path(),
        },
        "fix": finding.fix().map(|fix| {
            json!({ "label": fix.label(), "edits": fix.edits().iter().map(edit).collect::<Vec<Value>>() })
        }),
    })
}

fn edit(edit: &Edit) -> Value {
    let span = edit.span();
    json!({ "start": span.start, "end": span.end, "replacement": edit.replacement() })
}
