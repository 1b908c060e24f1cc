//! Has the crate compiled anew when a file is added to what the binary embeds.

fn main() {
    println!("cargo:rerun-if-changed=src/console");
    println!("cargo:rerun-if-changed=locales");
    println!("cargo:rerun-if-changed=migrations");
}
