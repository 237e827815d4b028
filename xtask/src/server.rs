//! A static file server for one folder, on this machine only: correct types, compressed twins where a
//! browser takes them, nothing outside the folder, and nothing stale after a rebuild.

use crate::compress::twin;
use anyhow::{Result, anyhow};
use std::fs::{self, File};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::UNIX_EPOCH;
use tiny_http::{Header, Method, Request, Response, StatusCode};

const THREADS: usize = 4;

/// Holds a port; serves nothing yet.
pub struct Server {
    http: tiny_http::Server,
    address: SocketAddr,
}

/// Serves until it is dropped.
pub struct Running {
    http: Arc<tiny_http::Server>,
    threads: Vec<JoinHandle<()>>,
}

impl Server {
    /// Takes `port` on 127.0.0.1; 0 takes any that is free.
    pub fn bind(port: u16) -> Result<Self> {
        let wanted = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let http = tiny_http::Server::http(wanted).map_err(|error| {
            match error.downcast_ref::<io::Error>().map(io::Error::kind) {
                Some(io::ErrorKind::AddrInUse) => anyhow!(
                    "port {port} is taken: stop what uses it, or choose another with --port"
                ),
                _ => anyhow!("cannot listen on {wanted}: {error}"),
            }
        })?;
        let address = http.server_addr().to_ip().unwrap_or(wanted);
        Ok(Self { http, address })
    }

    pub fn address(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Serves the files below `folder`.
    pub fn start(self, folder: &Path) -> Result<Running> {
        let root = Arc::new(folder.canonicalize()?);
        let http = Arc::new(self.http);
        let threads = (0..THREADS)
            .map(|_| {
                let (http, root) = (Arc::clone(&http), Arc::clone(&root));
                thread::spawn(move || {
                    while let Ok(request) = http.recv() {
                        // A browser that goes away in mid-answer is no concern of ours.
                        answer(request, &root).ok();
                    }
                })
            })
            .collect();
        Ok(Running { http, threads })
    }
}

impl Running {
    /// Serves for ever.
    pub fn wait(mut self) {
        for thread in std::mem::take(&mut self.threads) {
            thread.join().ok();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Each call wakes one thread, whichever it is: wake them all before waiting for any.
        self.threads.iter().for_each(|_| self.http.unblock());
        for thread in std::mem::take(&mut self.threads) {
            thread.join().ok();
        }
    }
}

fn answer(request: Request, root: &Path) -> io::Result<()> {
    if !matches!(request.method(), Method::Get | Method::Head) {
        return refuse(request, 405, "only GET and HEAD are answered");
    }
    let Some(path) = resolve(root, request.url()) else {
        return refuse(request, 404, "there is no such file in the site");
    };
    let (file, encoding) = choose(&path, field(&request, "Accept-Encoding").unwrap_or_default());
    let (Ok(body), Ok(about)) = (File::open(&file), fs::metadata(&file)) else {
        return refuse(request, 404, "there is no such file in the site");
    };
    let changed = about.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let tag = format!(
        "\"{:x}-{:x}{}\"",
        about.len(),
        changed.unwrap_or_default().as_nanos(),
        encoding.unwrap_or_default()
    );
    // A rebuilt program under an old name must reach the page: browsers ask again each time, and
    // an unchanged file costs them one short answer.
    let mut headers = vec![
        header("Cache-Control", "no-cache"),
        header("ETag", &tag),
        header("Vary", "Accept-Encoding"),
        header("X-Content-Type-Options", "nosniff"),
    ];
    if field(&request, "If-None-Match").is_some_and(|known| known == tag) {
        return request.respond(Response::new(
            StatusCode(304),
            headers,
            io::empty(),
            Some(0),
            None,
        ));
    }
    headers.push(header("Content-Type", content_type(&path)));
    if let Some(encoding) = encoding {
        headers.push(header("Content-Encoding", encoding));
    }
    let size = usize::try_from(about.len()).ok();
    let response = Response::new(StatusCode(200), headers, body, size, None);
    // Not in chunks: the page's progress bars need the length.
    request.respond(response.with_chunked_threshold(usize::MAX))
}

fn refuse(request: Request, status: u16, why: &str) -> io::Result<()> {
    request.respond(Response::from_string(format!("{why}\n")).with_status_code(status))
}

fn field<'a>(request: &'a Request, name: &'static str) -> Option<&'a str> {
    let found = request.headers().iter().find(|header| header.field.equiv(name))?;
    Some(found.value.as_str())
}

fn header(name: &str, value: &str) -> Header {
    // Only fixed names and printable ASCII come here.
    Header::from_bytes(name, value).unwrap_or_else(|()| unreachable!("header {name}: {value}"))
}

/// The file that a URL means, if it is one in `root`.
fn resolve(root: &Path, url: &str) -> Option<PathBuf> {
    let path = url.split(['?', '#']).next()?.strip_prefix('/')?;
    let mut file = root.to_owned();
    for part in path.split('/') {
        let part = decode(part)?;
        // Neither upwards nor into hidden files nor, on Windows, to a drive.
        if part.starts_with('.') || part.contains(['/', '\\', ':', '\0']) {
            return None;
        }
        file.push(part);
    }
    if file.is_dir() {
        file.push("index.html");
    }
    // A link may lead out of the folder even so.
    let file = file.canonicalize().ok()?;
    (file.starts_with(root) && file.is_file()).then_some(file)
}

/// Undoes `%20` and the like.
fn decode(part: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = part.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

/// The file itself or its compressed twin, the smaller first, if the browser takes it and it is not
/// older than the file.
fn choose(path: &Path, accepted: &str) -> (PathBuf, Option<&'static str>) {
    let changed = |path: &Path| fs::metadata(path).and_then(|about| about.modified()).ok();
    for (encoding, ending) in [("br", "br"), ("gzip", "gz")] {
        let packed = twin(path, ending);
        if accepts(accepted, encoding) && packed.is_file() && changed(&packed) >= changed(path) {
            return (packed, Some(encoding));
        }
    }
    (path.to_owned(), None)
}

/// Whether an `Accept-Encoding` field takes `encoding` (RFC 9110, 12.5.3; `*` is left aside).
fn accepts(field: &str, encoding: &str) -> bool {
    field.split(',').any(|offer| {
        let mut parts = offer.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(encoding));
        let quality = parts.find_map(|part| part.strip_prefix("q=")).map(str::parse::<f32>);
        named && !matches!(quality, Some(Ok(0.0)))
    })
}

fn content_type(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("json" | "webmanifest") => "application/json",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("gz") => "application/gzip",
        Some("txt" | "md") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files;
    use std::io::{Read, Write};
    use std::net::TcpStream;

    struct Site {
        _folder: tempfile::TempDir,
        _running: Running,
        address: SocketAddr,
    }

    fn serve() -> Site {
        let folder = tempfile::tempdir().unwrap();
        let site = folder.path().join("dist");
        for (name, bytes) in [
            ("dist/index.html", &b"<!doctype html>"[..]),
            ("dist/cpu/ganvas_bg.wasm", b"\0asm"),
            ("dist/js/a b.js", b"let a"),
            ("dist/js/a b.js.gz", b"GZ"),
            ("dist/js/a b.js.br", b"BROTLI"),
            ("dist/data/x.idx.gz", b"IDX"),
            ("dist/.hidden", b"no"),
            ("secret.txt", b"no"),
        ] {
            files::write(&folder.path().join(name), bytes).unwrap();
        }
        #[cfg(unix)]
        std::os::unix::fs::symlink(folder.path().join("secret.txt"), site.join("link.txt"))
            .unwrap();
        let server = Server::bind(0).unwrap();
        let address = server.address;
        Site { _running: server.start(&site).unwrap(), _folder: folder, address }
    }

    /// Sends one request as written, so that no client tidies the path; answers (head, body).
    fn ask(site: &Site, request: &str, headers: &str) -> (String, String) {
        let mut stream = TcpStream::connect(site.address).unwrap();
        write!(stream, "{request} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n")
            .unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.to_ascii_lowercase(), body.to_owned())
    }

    #[test]
    fn files_come_with_type_and_length_and_unpacked_unless_asked() {
        let site = serve();
        let (head, body) = ask(&site, "GET /", "");
        assert!(head.starts_with("http/1.1 200") && body == "<!doctype html>", "{head}");
        assert!(head.contains("content-type: text/html"), "{head}");
        let (head, _) = ask(&site, "GET /cpu/ganvas_bg.wasm?v=1", "");
        assert!(head.contains("content-type: application/wasm"), "{head}");
        assert!(head.contains("content-length: 4"), "{head}");
        assert!(head.contains("cache-control: no-cache"), "{head}");
        let (head, body) = ask(&site, "GET /js/a%20b.js", "");
        assert!(!head.contains("content-encoding") && body == "let a", "{head}");
        let (head, body) = ask(&site, "HEAD /", "");
        assert!(head.contains("content-length: 15") && body.is_empty(), "{head}");
    }

    #[test]
    fn compressed_twins_are_sent_to_those_who_take_them() {
        let site = serve();
        let get = |accept: &str| {
            ask(&site, "GET /js/a%20b.js", &format!("Accept-Encoding: {accept}\r\n"))
        };
        let (head, body) = get("gzip, deflate, br");
        assert!(head.contains("content-encoding: br") && body == "BROTLI", "{head}");
        assert!(head.contains("content-type: text/javascript"), "{head}");
        assert_eq!(get("gzip").1, "GZ");
        assert_eq!(get("br;q=0, gzip;q=0.5").1, "GZ");
        assert_eq!(get("identity").1, "let a");
        // A file that is compressed itself is data, not an encoding.
        let (head, body) = ask(&site, "GET /data/x.idx.gz", "Accept-Encoding: gzip\r\n");
        assert!(!head.contains("content-encoding") && body == "IDX", "{head}");
    }

    #[test]
    fn a_twin_older_than_its_file_is_not_sent() {
        let site = serve();
        let file = site._folder.path().join("dist/js/a b.js");
        let later = std::time::SystemTime::now() + std::time::Duration::from_secs(5);
        File::options().write(true).open(file).unwrap().set_modified(later).unwrap();
        assert_eq!(ask(&site, "GET /js/a%20b.js", "Accept-Encoding: br\r\n").1, "let a");
    }

    #[test]
    fn an_unchanged_file_is_not_sent_twice_and_a_changed_one_is() {
        let site = serve();
        let (head, _) = ask(&site, "GET /", "");
        let tag = head.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap().to_owned();
        let known = format!("If-None-Match: {tag}\r\n");
        let (head, body) = ask(&site, "GET /", &known);
        assert!(head.starts_with("http/1.1 304") && body.is_empty(), "{head}");
        files::write(&site._folder.path().join("dist/index.html"), b"<p>other</p>").unwrap();
        assert_eq!(ask(&site, "GET /", &known).1, "<p>other</p>");
    }

    #[test]
    fn nothing_outside_the_folder_and_nothing_hidden_is_served() {
        let site = serve();
        for path in [
            "/../secret.txt",
            "/%2e%2e/secret.txt",
            "/js/../../secret.txt",
            "/..%2fsecret.txt",
            "/..%5csecret.txt",
            "//secret.txt",
            "/link.txt",
            "/.hidden",
            "/%zz",
            "/%00",
            "/none",
        ] {
            let (head, body) = ask(&site, &format!("GET {path}"), "");
            assert!(head.starts_with("http/1.1 404"), "{path}: {head}");
            assert!(!body.contains("no\n") && body != "no", "{path}");
        }
        assert!(ask(&site, "POST /", "Content-Length: 0\r\n").0.starts_with("http/1.1 405"));
    }

    #[test]
    fn a_taken_port_is_named() {
        let first = Server::bind(0).unwrap();
        let refused = Server::bind(first.address.port()).err().unwrap().to_string();
        assert!(refused.contains(&format!("port {} is taken", first.address.port())), "{refused}");
    }
}
