//! Makes every program in `accept/` a module, and a test, of the one binary `tests/accept.rs`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=accept");
    let accept = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("accept");
    let mut subjects: BTreeMap<String, String> = BTreeMap::new();
    for entry in walkdir::WalkDir::new(&accept).sort_by_file_name() {
        let entry = entry?;
        if entry
            .path()
            .extension()
            .is_none_or(|extension| extension != "rs")
        {
            continue;
        }
        let path = entry.path();
        let (Some(subject), Some(rule)) = (name(path.parent()), name(Some(path))) else {
            return Err(format!("{} has no subject", path.display()).into());
        };
        // The module and its test may share a name: one is a type-like name, the other a value.
        *subjects.entry(subject).or_default() += &format!(
            "    #[path = {path:?}]\n    mod {rule};\n    #[test]\n    fn {rule}() -> impl std::process::Termination {{\n        {rule}::main()\n    }}\n"
        );
    }
    let modules: String = subjects
        .iter()
        .map(|(subject, programs)| format!("mod {subject} {{\n{programs}}}\n"))
        .collect();
    let out = PathBuf::from(env::var("OUT_DIR")?).join("accept.rs");
    fs::write(out, modules)?;
    Ok(())
}

fn name(path: Option<&Path>) -> Option<String> {
    Some(path?.file_stem()?.to_str()?.to_owned())
}
