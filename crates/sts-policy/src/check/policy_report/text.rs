//! For people, as compilers print it.

use std::borrow::Cow;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::Report;
use crate::{Finding, Severity};

/// Columns of a terminal that nobody has widened.
const WIDTH: usize = 80;

impl Report<'_> {
    /// The findings for people: each with its message, the line of the text with what is meant underlined, the fix, the code
    /// and the source of the rule; a line that counts them comes last.
    ///
    /// `name` is what the text is called, as `policy.json`; control characters in it and in the text are not printed as they
    /// are. It is 80 columns wide, but for addresses of pages, which are not broken, and has no colours.
    #[must_use]
    pub fn to_text(&self, name: &str) -> String {
        self.render(name, &Renderer::plain())
    }

    /// As [`to_text`](Self::to_text), with the colours of a terminal.
    #[must_use]
    pub fn to_coloured_text(&self, name: &str) -> String {
        self.render(name, &Renderer::styled())
    }

    fn render(&self, name: &str, renderer: &Renderer) -> String {
        let name: String = name.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
        let source = without_c1(self.text());
        let renderer = renderer.clone().term_width(WIDTH).decor_style(DecorStyle::Ascii);
        let mut text = String::new();
        for finding in self.findings() {
            text.push_str(&renderer.render(&[group(&source, &name, finding)]));
            text.push_str("\n\n");
        }
        text.push_str(&self.count(&name));
        text.push('\n');
        text
    }

    /// `policy.json: 1 error, 2 warnings, 1 advice`.
    fn count(&self, name: &str) -> String {
        let mut parts = Vec::new();
        for severity in [Severity::Error, Severity::Warning, Severity::Advice] {
            let count = self.findings().iter().filter(|finding| finding.severity() == severity).count();
            let plural = if count == 1 || severity == Severity::Advice { "" } else { "s" };
            if count > 0 {
                parts.push(format!("{count} {}{plural}", severity.as_str()));
            }
        }
        if self.left_off() > 0 {
            parts.push(format!("{} more", self.left_off()));
        }
        if parts.is_empty() {
            format!("{name}: nothing found")
        } else {
            format!("{name}: {}", parts.join(", "))
        }
    }
}

fn group<'r>(source: &'r str, name: &'r str, finding: &'r Finding) -> Group<'r> {
    let level = match finding.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Advice => Level::NOTE.with_name("advice"),
    };
    // `warning: ` stands before the message, `  = help: ` and `  = note: ` before the rest.
    let title = wrapped(&without_c1(finding.message()), WIDTH - "warning: ".len());
    let span = AnnotationKind::Primary.span(finding.place().span());
    let snippet = Snippet::source(source).path(name).annotation(span);
    let mut group = level.primary_title(title).element(snippet);
    let room = WIDTH - "      = help: ".len();
    if let Some(fix) = finding.fix() {
        group = group.element(Level::HELP.message(wrapped(&without_c1(fix.label()), room)));
    }
    let rule = finding.rule();
    let note = wrapped(&format!("{}: {}", rule.code(), rule.source()), room);
    group.element(Level::NOTE.message(note))
}

/// The controls of 0x80 to 0x9F, which the renderer lets through and some terminals obey, as a sign of as many bytes: places stay
/// where they are.
fn without_c1(text: &str) -> Cow<'_, str> {
    let is_c1 = |c: char| ('\u{80}'..='\u{9f}').contains(&c);
    match text.contains(is_c1) {
        true => text.replace(is_c1, "\u{a4}").into(),
        false => text.into(),
    }
}

/// Broken at blanks into lines of so many characters; a longer word has a line of its own.
fn wrapped(text: &str, width: usize) -> String {
    let mut wrapped = String::new();
    let mut used = 0;
    for word in text.split(' ') {
        let length = word.chars().count();
        if used > 0 && used + 1 + length > width {
            wrapped.push('\n');
            used = 0;
        } else if used > 0 {
            wrapped.push(' ');
            used += 1;
        }
        wrapped.push_str(word);
        used += length;
    }
    wrapped
}
