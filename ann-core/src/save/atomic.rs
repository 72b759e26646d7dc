//! Files that are replaced whole or not at all.
//!
//! What is new goes to a temporary file in the same folder, is synced to the disk, and then takes the old file's name in
//! one step of the file system. On any error, a full disk among them, the old file is as it was and the temporary one is
//! gone. A process that is killed leaves its temporary file; one that writes the same file later clears it away.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::{Error, Result};

/// A temporary file younger than this may belong to someone who made it and is about to lock it.
const YOUNG: Duration = Duration::from_secs(10);

/// What the name of a temporary file ends with.
const ENDING: &str = ".partial";

/// Writes a file by calling `fill`.
pub(crate) fn write(path: &Path, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    // A link stays a link; what it leads to is replaced.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    match fs::metadata(&target) {
        Ok(found) if found.is_dir() => {
            let reason = io::Error::new(io::ErrorKind::IsADirectory, "it is a folder");
            return Err(Error::io("write", path)(reason));
        }
        // A device or a pipe has no contents to protect, and must not be replaced by a file.
        Ok(found) if !found.is_file() => {
            let device = OpenOptions::new().write(true).open(&target).map_err(Error::io("write", path))?;
            return fill_buffered(device, fill).map(|_| ()).map_err(Error::io("write", path));
        }
        _ => {}
    }
    let temporary = Temporary::create(&target).map_err(Error::io("write", path))?;
    temporary.write(fill).map_err(Error::io("write", path))?;
    temporary.rename(&target).map_err(Error::io("replace", path))
}

fn fill_buffered(file: File, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<File> {
    let mut to = BufWriter::with_capacity(1 << 16, file);
    fill(&mut to)?;
    to.into_inner().map_err(io::IntoInnerError::into_error)
}

/// A temporary file, locked as long as its process lives, removed when it is dropped.
struct Temporary {
    path: PathBuf,
    file: File,
    is_renamed: bool,
}

impl Temporary {
    fn create(target: &Path) -> io::Result<Self> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let Some(name) = target.file_name() else {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it has no file name"));
        };
        let folder = folder(target);
        // Hidden, and recognizable: `.lenet.safetensors.1234-0.partial`.
        let mut start = OsString::from(".");
        start.push(name);
        start.push(".");
        clear(folder, &start);
        loop {
            let mut name = start.clone();
            name.push(format!("{}-{}{ENDING}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed)));
            let path = folder.join(name);
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                // Another process of this number, in a container of its own.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
                Ok(file) => {
                    // Where files cannot be locked, nothing is ever cleared away either.
                    let _ = file.try_lock();
                    return Ok(Self { path, file, is_renamed: false });
                }
            }
        }
    }

    fn write(&self, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        fill_buffered(self.file.try_clone()?, fill)?.sync_all()
    }

    fn rename(mut self, target: &Path) -> io::Result<()> {
        if let Ok(old) = fs::metadata(target) {
            fs::set_permissions(&self.path, old.permissions())?;
        }
        fs::rename(&self.path, target)?;
        self.is_renamed = true;
        sync_folder(folder(target))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.is_renamed {
            // If this fails too, a later process that writes the file clears it away.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Removes temporary files whose process is gone: those that can be locked and are not just made.
fn clear(folder: &Path, start: &OsString) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let (name, start) = (name.as_encoded_bytes(), start.as_encoded_bytes());
        let is_number = |bytes: &[u8]| bytes.iter().all(|byte| byte.is_ascii_digit() || *byte == b'-');
        let middle = name.strip_prefix(start).and_then(|rest| rest.strip_suffix(ENDING.as_bytes()));
        if !middle.is_some_and(is_number) {
            continue;
        }
        let Ok(file) = OpenOptions::new().write(true).open(entry.path()) else { continue };
        let age = file.metadata().and_then(|found| found.modified()).map(|made| made.elapsed());
        let is_old = matches!(age, Ok(Ok(age)) if YOUNG <= age);
        if is_old && file.try_lock().is_ok() {
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes the new name itself last: a folder is data too.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    match File::open(folder)?.sync_all() {
        // File systems that cannot sync a folder say so; there is nothing more to be done on them.
        Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => {
            Ok(())
        }
        other => other,
    }
}

/// Folders cannot be opened here.
#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_replaced_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        for text in ["first", "second, longer", "3"] {
            write(&path, |to| to.write_all(text.as_bytes())).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
            assert_eq!(names(folder.path()), ["a"]);
        }
    }

    #[test]
    fn a_disk_that_fills_up_loses_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        write(&path, |to| to.write_all(b"old")).unwrap();
        // Fails at the beginning, in the middle of the buffer, and after megabytes were written through.
        for written in [0_usize, 10, 5_000_000] {
            let error = write(&path, |to| {
                to.write_all(&vec![7; written])?;
                Err(io::ErrorKind::StorageFull.into())
            });
            let error = error.unwrap_err().to_string();
            assert!(error.starts_with("cannot write ") && error.contains("/a: "), "{error}");
            assert_eq!(fs::read(&path).unwrap(), b"old");
            assert_eq!(names(folder.path()), ["a"]);
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_device_is_written_to_and_not_replaced() {
        use std::os::unix::fs::FileTypeExt;
        let full = Path::new("/dev/full");
        let error = write(full, |to| to.write_all(&[0; 100])).unwrap_err();
        let Error::Io { source, .. } = &error else { panic!("{error}") };
        assert_eq!(source.kind(), io::ErrorKind::StorageFull);
        assert!(fs::metadata(full).unwrap().file_type().is_char_device());
        write(Path::new("/dev/null"), |to| to.write_all(b"gone")).unwrap();
        assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
    }

    #[test]
    #[cfg(target_os = "linux")]
    #[ignore = "mounts a file system of 64 kB, which only root may"]
    fn a_disk_that_is_really_full_loses_nothing() {
        use std::process::Command;
        let folder = tempfile::tempdir().unwrap();
        let command = |program: &str, words: &[&str]| {
            assert!(
                Command::new(program).args(words).arg(folder.path()).status().unwrap().success(),
                "{program}"
            );
        };
        command("mount", &["-t", "tmpfs", "-o", "size=64k", "small"]);
        let path = folder.path().join("a");
        write(&path, |to| to.write_all(&[1; 10_000])).unwrap();
        // The first fits beside the old file, the second does not.
        let fits = write(&path, |to| to.write_all(&[2; 10_000]));
        let error = write(&path, |to| to.write_all(&vec![3; 60_000]));
        let (found, names) = (fs::read(&path).unwrap(), names(folder.path()));
        command("umount", &[]);
        fits.unwrap();
        let Err(Error::Io { source, .. }) = error else { panic!("{error:?}") };
        assert_eq!(source.kind(), io::ErrorKind::StorageFull);
        assert!(found == [2; 10_000] && names == ["a"]);
    }

    #[test]
    #[cfg(unix)]
    fn a_link_stays_a_link_and_permissions_stay() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        fs::write(&file, "old").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        symlink(&file, &link).unwrap();
        write(&link, |to| to.write_all(b"new")).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&file).unwrap(), b"new");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn what_a_killed_process_left_is_cleared_away_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let others = [".a.partial-notes", ".ab.1-0.partial", "a.1-0.partial", ".a.x.1-0.partial"];
        for name in others {
            fs::write(folder.path().join(name), "kept").unwrap();
        }
        let made = |name: &str, age: Duration| {
            let file = File::create(folder.path().join(name)).unwrap();
            file.set_modified(std::time::SystemTime::now() - age).unwrap();
            file
        };
        drop(made(".a.1-0.partial", 2 * YOUNG));
        drop(made(".a.3-0.partial", Duration::ZERO));
        let alive = made(".a.2-0.partial", 2 * YOUNG);
        alive.lock().unwrap();
        write(&path, |to| to.write_all(b"new")).unwrap();
        let mut expected: Vec<_> = others.iter().map(|name| (*name).to_owned()).collect();
        expected.extend(["a", ".a.2-0.partial", ".a.3-0.partial"].map(str::to_owned));
        expected.sort();
        assert_eq!(names(folder.path()), expected);
    }

    #[test]
    fn a_folder_or_no_name_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        assert!(write(folder.path(), |_| Ok(())).unwrap_err().to_string().ends_with("it is a folder"));
        let missing = folder.path().join("no/such/file");
        assert!(write(&missing, |_| Ok(())).unwrap_err().to_string().contains("no/such/file"));
        assert!(write(Path::new(""), |_| Ok(())).is_err());
    }

    #[test]
    fn two_threads_that_write_the_same_file_leave_one_of_both_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::thread::scope(|scope| {
            for bytes in [vec![1; 100_000], vec![2; 100_000]] {
                let path = &path;
                scope.spawn(move || {
                    for _ in 0..20 {
                        write(path, |to| to.write_all(&bytes)).unwrap();
                    }
                });
            }
        });
        let found = fs::read(&path).unwrap();
        assert!(found.len() == 100_000 && found.iter().all(|byte| *byte == found[0]));
        assert_eq!(names(folder.path()), ["a"]);
    }
}
