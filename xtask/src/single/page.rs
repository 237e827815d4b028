//! Rewrites index.html as the page in one file: what it links to stands in it, and its policy allows that and no more.
//! Must not know where the parts come from.

use super::text::{base_64, base_85};
use anyhow::{Context, Result, bail, ensure};
use sha2::{Digest, Sha256};

/// What the page links to, and what it has beyond that.
pub struct Parts<'a> {
    pub style: &'a str,
    pub guard: &'a str,
    /// The last script, which finds the files.
    pub loader: &'a str,
    pub icon: &'a [u8],
    pub noscript: &'a str,
    pub about: &'a str,
    /// Zipped, by path.
    pub files: &'a [(String, Vec<u8>)],
}

/// The sheets that a page links to, in their order.
pub fn styles(page: &str) -> Vec<&str> {
    page.split("<link rel=\"stylesheet\" href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect()
}

/// A page without its comments and indentation.
pub fn short(page: &str) -> String {
    let mut text = String::new();
    for part in page.split("<!--") {
        text += if text.is_empty() {
            part
        } else {
            part.split_once("-->").map_or("", |(_, rest)| rest)
        };
    }
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .fold(String::new(), |all, line| all + line + "\n")
}

pub fn rewritten(index: &str, parts: &Parts) -> Result<String> {
    for script in [parts.guard, parts.loader] {
        ensure!(
            !script.contains("</script") && !script.contains("<!--"),
            "a script has the end of a script in it"
        );
    }
    ensure!(!parts.style.contains("</style"), "a style has the end of a style in it");
    let mut page = short(index);
    // Its links first: what they lead to may have some of its own.
    let icon = format!("data:image/svg+xml;base64,{}", base_64(parts.icon));
    without(&mut page, "<link", ">", |link| !link.contains("rel=\"icon\""));
    without(&mut page, "<script src=\"js/main.js\"", "</script>", |_| true);
    replace(&mut page, "<html ", "<html data-single ")?;
    replace(&mut page, "\"icon.svg\"", &format!("\"{icon}\""))?;
    let guard = format!("<script>{}</script>\n<style>{}</style>", parts.guard, parts.style);
    replace(&mut page, "<script src=\"guard.js\"></script>", &guard)?;
    let content = "http-equiv=\"Content-Security-Policy\"\ncontent=\"";
    let (_, rest) = page.split_once(content).context("the page has no policy")?;
    let served = rest.split('"').next().unwrap_or_default().to_owned();
    replace(&mut page, &served, &policy(parts))?;
    let (before, rest) =
        page.split_once("<noscript>").context("the page has no words without scripts")?;
    let (_, after) =
        rest.split_once("</noscript>").context("the page's <noscript> does not end")?;
    page = format!("{before}{}{after}", parts.noscript.trim());
    replace(&mut page, "</footer>", &format!("{}</footer>", parts.about))?;
    let mut end = String::new();
    for (path, zipped) in parts.files {
        end += &format!(
            "<script type=\"text/plain\" data-file=\"{path}\">{}</script>\n",
            base_85(zipped)
        );
    }
    end += &format!("<script>{}</script>\n</body>", parts.loader);
    replace(&mut page, "</body>", &end)?;
    match outside(&page) {
        Some(link) => bail!("the page in one file still links to {link}"),
        None => Ok(page),
    }
}

/// Everything is inside, and what is not can be neither fetched nor sent.
fn policy(parts: &Parts) -> String {
    let hash = |text: &str| format!("'sha256-{}'", base_64(&Sha256::digest(text)));
    format!(
        "default-src 'none'; script-src {} {} blob: 'wasm-unsafe-eval'; worker-src blob:; style-src {}; \
         img-src data: blob:; base-uri 'none'; form-action 'none'",
        hash(parts.guard),
        hash(parts.loader),
        hash(parts.style)
    )
}

/// Replaces what the page must have.
fn replace(page: &mut String, old: &str, new: &str) -> Result<()> {
    ensure!(page.contains(old), "index.html has no {old}");
    *page = page.replace(old, new);
    Ok(())
}

/// Takes out what begins and ends so, where `is` says so.
fn without(page: &mut String, start: &str, end: &str, is: impl Fn(&str) -> bool) {
    let mut kept = String::new();
    let mut rest = page.as_str();
    while let Some(at) = rest.find(start) {
        let length = rest[at..].find(end).map_or(rest.len() - at, |length| length + end.len());
        let (before, element) = (&rest[..at], &rest[at..at + length]);
        kept += before;
        kept += if is(element) { "" } else { element };
        rest = &rest[at + length..];
    }
    *page = kept + rest;
}

/// A file that the page would ask for.
fn outside(page: &str) -> Option<&str> {
    // What the browser only follows at a press does not count.
    let scripts = page.split("<script src=\"").skip(1);
    let links = page.split("<link ").skip(1).filter(|link| !link.contains("href=\"data:"));
    scripts.chain(links).next().and_then(|rest| rest.split('>').next())
}

#[cfg(test)]
mod tests {
    use super::*;

    const INDEX: &str = r#"<!doctype html>
<html lang="en">
  <head>
    <!-- Says why. -->
    <meta
      http-equiv="Content-Security-Policy"
      content="default-src 'none'; script-src 'self'"
    />
    <script src="guard.js"></script>
    <link rel="icon" href="icon.svg" />
    <link rel="manifest" href="site.webmanifest" />
    <link rel="stylesheet" href="css/base.css" />
    <link rel="stylesheet" href="css/late.css" />
    <script src="js/main.js" type="module"></script>
  </head>
  <body>
    <img src="icon.svg" alt="" />
    <noscript><p>Turn it on.</p></noscript>
    <footer></footer>
  </body>
</html>
"#;

    fn parts<'a>(files: &'a [(String, Vec<u8>)]) -> Parts<'a> {
        Parts {
            style: "p{}",
            guard: "let a",
            loader: "let b",
            icon: b"<svg/>",
            noscript: "<noscript>Words.</noscript>\n",
            about: "<p>About.</p>",
            files,
        }
    }

    #[test]
    fn everything_stands_in_the_page_and_nothing_is_asked_for() {
        let files = [("cpu/a.wasm".to_owned(), vec![0; 4])];
        let page = rewritten(INDEX, &parts(&files)).unwrap();
        for part in [
            "<html data-single lang=\"en\">",
            "<script>let a</script>\n<style>p{}</style>",
            "<noscript>Words.</noscript>",
            "<footer><p>About.</p></footer>",
            "<img src=\"data:image/svg+xml;base64,PHN2Zy8+\" alt=\"\" />",
            "<script type=\"text/plain\" data-file=\"cpu/a.wasm\">#####</script>\n<script>let b</script>\n</body>",
        ] {
            assert!(page.contains(part), "{part}: {page}");
        }
        for gone in
            ["main.js", "guard.js", "manifest", "base.css", "Says why", "Turn it on", "'self'"]
        {
            assert!(!page.contains(gone), "{gone}: {page}");
        }
        // echo -n 'let a' | openssl dgst -sha256 -binary | base64
        assert!(
            page.contains("script-src 'sha256-IfEXP/8HLuXoAiy0hZVrCAcjcLsZqYFpLOHDGj8enqE=' "),
            "{page}"
        );
        assert_eq!(page, rewritten(INDEX, &parts(&files)).unwrap());
        assert_eq!(styles(INDEX), ["css/base.css", "css/late.css"]);
    }

    #[test]
    fn a_part_that_would_end_its_element_is_refused_and_so_is_one_that_is_not_inside() {
        let bad = Parts { loader: "'</script>'", ..parts(&[]) };
        assert!(rewritten(INDEX, &bad).is_err());
        let more = INDEX.replace("</head>", "<script src=\"late.js\"></script></head>");
        assert!(rewritten(&more, &parts(&[])).unwrap_err().to_string().contains("late.js"));
        let less = INDEX.replace("guard.js", "other.js");
        assert!(rewritten(&less, &parts(&[])).unwrap_err().to_string().contains("guard.js"));
    }
}
