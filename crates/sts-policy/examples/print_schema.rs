//! Prints the JSON Schema of policy documents.
#![expect(clippy::print_stdout, reason = "a program, not the library")]

fn main() {
    print!("{}", sts_policy::json_schema());
}
