//! Which credentials a program on this machine would use, and why.
//!
//! ```sh
//! cargo run -p ali-sts --example explain
//! ```

#![expect(clippy::print_stdout, reason = "a program for people, not the library")]

use ali_sts::provider;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let explanation = provider::Default::new().explain().await;
    print!("{explanation}");
    if explanation.winner().is_none() {
        std::process::exit(1);
    }
}
