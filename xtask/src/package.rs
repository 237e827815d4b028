//! `cargo xtask package`: the npm package of the custom element, put together and checked. Publishing it is a person's step.

use crate::shell::{self, NODE_JS, NPM, say};
use crate::workspace::Workspace;
use crate::{files, tools};
use anyhow::{Context, Result};

const PUBLINT: &str = "node_modules/publint/src/cli.js";

pub fn run(workspace: &Workspace) -> Result<()> {
    tools::node()?;
    tools::npm_packages(workspace)?;
    let folder = workspace.target.join("package");
    files::remove_folder(&folder)?;
    let mut write = NODE_JS.command();
    write.arg("embed/package.mjs").arg(&folder).current_dir(&workspace.root);
    shell::run(NODE_JS, &mut write)?;

    let mut pack = NPM.command();
    shell::run(NPM, pack.args(["pack", "--dry-run"]).current_dir(&folder))?;
    let mut lint = NODE_JS.command();
    lint.arg(workspace.root.join(PUBLINT)).arg("--strict").arg(&folder);
    shell::run(NODE_JS, lint.current_dir(&workspace.root)).context("publint found faults")?;
    say(format_args!("{}", folder.display()));
    Ok(())
}
