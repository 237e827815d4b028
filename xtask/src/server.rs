//! A static file server for one folder, on this machine only: correct types, compressed twins where a
//! browser takes them, nothing outside the folder, and nothing stale after a rebuild.
//!
//! A thread per connection, as a browser opens half a dozen and keeps them: small servers with a pool
//! of threads can leave one of them waiting for ever.

use crate::compress::twin;
use anyhow::{Context, Result, anyhow};
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, UNIX_EPOCH};

/// The longest request head that is read, and the most fields in it.
const HEAD_BYTES: u64 = 32 * 1024;
const HEAD_FIELDS: usize = 100;
/// The page and its workers, each by itself, must ask for it.
const ISOLATION: [(&str, &str); 2] = [
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Embedder-Policy", "require-corp"),
];
/// A connection that is silent for so long is closed.
const PATIENCE: Duration = Duration::from_secs(120);

/// Holds a port; serves nothing yet.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    isolated: bool,
}

/// Takes connections until it is dropped.
pub struct Running {
    address: SocketAddr,
    stopped: Arc<AtomicBool>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Server {
    /// Takes `port` on 127.0.0.1; 0 takes any that is free.
    pub fn bind(port: u16) -> Result<Self> {
        let wanted = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let listener = TcpListener::bind(wanted).map_err(|error| match error.kind() {
            io::ErrorKind::AddrInUse => {
                anyhow!("port {port} is taken: stop what uses it, or choose another with --port")
            }
            _ => anyhow!("cannot listen on {wanted}: {error}"),
        })?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address, isolated: false })
    }

    pub fn address(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Tells browsers to isolate its pages from other origins, for which they allow them memory that
    /// threads share, and a finer clock.
    pub fn isolated(self) -> Self {
        Self { isolated: true, ..self }
    }

    /// Serves the files below `folder`.
    pub fn start(self, folder: &Path) -> Result<Running> {
        let root: Arc<Path> = folder
            .canonicalize()
            .with_context(|| format!("there is nothing to serve in {}", folder.display()))?
            .into();
        let stopped = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&stopped);
        let thread = thread::spawn(move || {
            for stream in self.listener.incoming() {
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                let root = Arc::clone(&root);
                // A browser that goes away in mid-answer is no concern of ours.
                thread::spawn(move || {
                    stream.and_then(|stream| converse(&stream, &root, self.isolated))
                });
            }
        });
        Ok(Running { address: self.address, stopped, thread: Some(thread) })
    }
}

impl Running {
    /// Serves for ever.
    pub fn wait(mut self) {
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        // The thread looks up only when somebody calls.
        if let Some(thread) = self.thread.take()
            && TcpStream::connect(self.address).is_ok()
        {
            thread.join().ok();
        }
    }
}

/// What of a request matters here.
#[derive(Default)]
struct Request {
    method: String,
    url: String,
    accept_encoding: String,
    known_tag: String,
    keeps_alive: bool,
}

struct Answer {
    status: &'static str,
    fields: Vec<(&'static str, String)>,
    size: u64,
    body: Box<dyn Read>,
}

/// Answers what comes over one connection until either side has enough.
fn converse(stream: &TcpStream, root: &Path, isolated: bool) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    while let Some(head) = read_head(&mut reader)? {
        let request = parse(&head);
        let keeps_alive = request.as_ref().is_some_and(|request| request.keeps_alive);
        let head_only = request.as_ref().is_some_and(|request| request.method == "HEAD");
        let mut answer = match request {
            Some(request) => respond(&request, root),
            None => refuse("400 Bad Request", "this is not an HTTP request"),
        };
        if isolated {
            answer.fields.extend(ISOLATION.map(|(name, value)| (name, value.to_owned())));
        }
        send(stream, answer, head_only, keeps_alive)?;
        if !keeps_alive {
            break;
        }
    }
    Ok(())
}

/// The bytes up to the empty line; none at the end of the connection.
fn read_head(reader: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut head = Vec::new();
    let mut reader = reader.take(HEAD_BYTES);
    loop {
        let start = head.len();
        if reader.read_until(b'\n', &mut head)? == 0 {
            return Ok(None);
        }
        if matches!(&head[start..], b"\r\n" | b"\n") {
            return Ok(Some(head));
        }
    }
}

fn parse(head: &[u8]) -> Option<Request> {
    let mut fields = [httparse::EMPTY_HEADER; HEAD_FIELDS];
    let mut parsed = httparse::Request::new(&mut fields);
    parsed.parse(head).ok()?;
    let field = |name: &str| {
        let found = parsed.headers.iter().find(|field| field.name.eq_ignore_ascii_case(name));
        found.map(|field| String::from_utf8_lossy(field.value).into_owned()).unwrap_or_default()
    };
    let method = parsed.method?.to_owned();
    // Whoever sends a body gets one answer and no second question: the body is not read.
    let bare = method == "GET" || method == "HEAD";
    Some(Request {
        keeps_alive: bare
            && parsed.version == Some(1)
            && !field("connection").eq_ignore_ascii_case("close"),
        url: parsed.path?.to_owned(),
        accept_encoding: field("accept-encoding"),
        known_tag: field("if-none-match"),
        method,
    })
}

fn respond(request: &Request, root: &Path) -> Answer {
    if !matches!(request.method.as_str(), "GET" | "HEAD") {
        return refuse("405 Method Not Allowed", "only GET and HEAD are answered");
    }
    let found = resolve(root, &request.url).and_then(|path| {
        let (file, encoding) = choose(&path, &request.accept_encoding);
        let body = File::open(file).ok()?;
        let about = body.metadata().ok()?;
        Some((path, encoding, body, about))
    });
    let Some((path, encoding, body, about)) = found else {
        return refuse("404 Not Found", "there is no such file in the site");
    };
    let changed = about.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let tag = format!(
        "\"{:x}-{:x}{}\"",
        about.len(),
        changed.unwrap_or_default().as_nanos(),
        encoding.unwrap_or_default()
    );
    let unchanged = request.known_tag == tag;
    // A rebuilt program under an old name must reach the page: browsers ask again each time, and
    // an unchanged file costs them one short answer.
    let mut fields = vec![
        ("Cache-Control", "no-cache".to_owned()),
        ("ETag", tag),
        ("Vary", "Accept-Encoding".to_owned()),
        ("X-Content-Type-Options", "nosniff".to_owned()),
    ];
    if unchanged {
        return Answer { status: "304 Not Modified", fields, size: 0, body: Box::new(io::empty()) };
    }
    fields.push(("Content-Type", content_type(&path).to_owned()));
    if let Some(encoding) = encoding {
        fields.push(("Content-Encoding", encoding.to_owned()));
    }
    Answer { status: "200 OK", fields, size: about.len(), body: Box::new(body) }
}

fn refuse(status: &'static str, why: &str) -> Answer {
    let body = format!("{why}\n").into_bytes();
    let fields = vec![("Content-Type", "text/plain; charset=utf-8".to_owned())];
    Answer { status, fields, size: body.len() as u64, body: Box::new(io::Cursor::new(body)) }
}

fn send(
    mut stream: &TcpStream,
    answer: Answer,
    head_only: bool,
    keeps_alive: bool,
) -> io::Result<()> {
    let mut head = format!("HTTP/1.1 {}\r\n", answer.status);
    // An unchanged file has no body, but not a length of 0 either.
    if !answer.status.starts_with("304") {
        head += &format!("Content-Length: {}\r\n", answer.size);
    }
    for (name, value) in &answer.fields {
        head += &format!("{name}: {value}\r\n");
    }
    if !keeps_alive {
        head += "Connection: close\r\n";
    }
    head += "\r\n";
    stream.write_all(head.as_bytes())?;
    if !head_only {
        // A file that is being rewritten may have grown since its length was told.
        let sent = io::copy(&mut answer.body.take(answer.size), &mut stream)?;
        if sent < answer.size {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    stream.flush()
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
mod tests;
