//! The server, asked over real connections.

use super::*;
use crate::files;

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
    std::os::unix::fs::symlink(folder.path().join("secret.txt"), site.join("link.txt")).unwrap();
    let server = Server::bind(0).unwrap();
    let address = server.address;
    Site { _running: server.start(&site).unwrap(), _folder: folder, address }
}

/// Sends one request as written, so that no client tidies the path; answers (head, body).
fn ask(site: &Site, request: &str, headers: &str) -> (String, String) {
    let mut stream = TcpStream::connect(site.address).unwrap();
    write!(stream, "{request} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n").unwrap();
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
    let get =
        |accept: &str| ask(&site, "GET /js/a%20b.js", &format!("Accept-Encoding: {accept}\r\n"));
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
fn many_kept_connections_are_all_answered() {
    let site = serve();
    // As browsers do: open, ask, keep. None may have to wait for another to be closed.
    let mut kept: Vec<TcpStream> =
        (0..40).map(|_| TcpStream::connect(site.address).unwrap()).collect();
    for _ in 0..3 {
        for stream in &mut kept {
            stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
        }
        for stream in &mut kept {
            stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
            let mut answer = Vec::new();
            while !answer.ends_with(b"<!doctype html>") {
                let mut byte = [0];
                stream.read_exact(&mut byte).unwrap();
                answer.push(byte[0]);
            }
        }
    }
}

#[test]
fn nonsense_is_refused_and_the_server_lives_on() {
    let site = serve();
    let (head, _) = ask(&site, "\u{1}\u{2} nonsense", "");
    assert!(head.starts_with("http/1.1 400"), "{head}");
    let long = format!("X: {}\r\n", "y".repeat(HEAD_BYTES as usize));
    let mut stream = TcpStream::connect(site.address).unwrap();
    // The server hangs up in mid-sentence, which may reach us as an error.
    write!(stream, "GET / HTTP/1.1\r\n{long}\r\n").ok();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok();
    assert!(!answer.starts_with(b"HTTP/1.1 200"));
    assert!(ask(&site, "GET /", "").0.starts_with("http/1.1 200"));
}

#[test]
fn a_taken_port_is_named() {
    let first = Server::bind(0).unwrap();
    let refused = Server::bind(first.address.port()).err().unwrap().to_string();
    assert!(refused.contains(&format!("port {} is taken", first.address.port())), "{refused}");
}

#[test]
fn pages_are_isolated_only_when_asked() {
    let site = serve();
    let isolated = Server::bind(0).unwrap().isolated();
    let address = isolated.address;
    let _running = isolated.start(&site._folder.path().join("dist")).unwrap();
    let field = "cross-origin-embedder-policy: require-corp";
    assert!(!ask(&site, "GET /", "").0.contains(field));
    let site = Site { address, ..site };
    for file in ["GET /", "GET /cpu/ganvas_bg.wasm"] {
        let (head, _) = ask(&site, file, "");
        assert!(head.contains(field), "{head}");
        assert!(head.contains("cross-origin-opener-policy: same-origin"), "{head}");
    }
}
