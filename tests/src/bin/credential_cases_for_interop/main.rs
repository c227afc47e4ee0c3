//! One environment, one home folder, three readers: what the official Python and Node packages find there, and what we find.
//!
//! The cases are in `credential_cases.json` of tests/interop, which says what each is expected to find. All of them run against an emulator,
//! which every reader takes for the cloud (see [`front`]). Prints a line of JSON for each case and reader, as the
//! scripts of tests/interop do. No secret is in it.
//!
//! `credential_cases_for_interop FOLDER PYTHON`, where FOLDER is tests/interop; with `probe STS` it is the reader of ours.

mod front;
mod probe;
mod reader;
mod stage;
mod table;

use std::error::Error;
use std::io::Write as _;
use std::path::Path;

use reader::Reader;
use stage::Stage;
use table::Case;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["probe", sts] => writeln!(std::io::stdout(), "{}", probe::answer(sts).await)?,
        [folder, python] => {
            let folder = Path::new(folder);
            let cases = table::read(&folder.join("credential_cases.json"))?;
            let [node, python, ours] =
                [Reader::node(folder), Reader::python(folder, python), Reader::ours()?];
            // Each has an emulator of its own, so that none waits for another.
            let (node, python, ours) =
                tokio::join!(play(&cases, node), play(&cases, python), play(&cases, ours));
            node.and(python).and(ours)?;
        }
        _ => return Err("usage: credential_cases_for_interop FOLDER PYTHON".into()),
    }
    Ok(())
}

async fn play(cases: &[Case], reader: Reader) -> Result<(), Box<dyn Error>> {
    let stage = Stage::set_up().await?;
    for case in cases {
        let scene = stage.scene(case)?;
        let said = reader.ask(&stage, &scene).await?;
        let line = serde_json::json!({
            "client": said.client,
            "case": case.name,
            "expected": case.expected.by(reader.name()),
            "got": stage.answer(&said.found),
        });
        writeln!(std::io::stdout(), "{line}")?;
    }
    Ok(())
}
