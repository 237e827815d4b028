//! Memory that a step leaves for the next one.

/// Has freed memory kept. A step allocates the same few megabytes again and again, and glibc would hand them back to
/// the system in between, which clears them page by page: a seventh of the time.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub fn keep() {
    use std::sync::Once;
    /// As much as it allows, which is more than any tensor of ours.
    const LARGEST: libc::c_int = 32 << 20;
    const KEPT: libc::c_int = 1 << 30;
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: these only set thresholds.
        unsafe {
            libc::mallopt(libc::M_MMAP_THRESHOLD, LARGEST);
            libc::mallopt(libc::M_TRIM_THRESHOLD, KEPT);
        }
    });
}

/// Other systems' allocators keep it by themselves.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub fn keep() {}
