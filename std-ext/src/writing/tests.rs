//! What is written, and over what.

use std::fs;
use std::io::Read;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink};

use rustix::fs::{CWD, Mode, mkfifoat};

use super::*;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

fn names(directory: &Path) -> usize {
    fs::read_dir(directory).unwrap().count()
}

#[test]
fn what_is_there_is_replaced_only_if_somebody_says_so_and_keeps_its_mode() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("file");
    FileWriter::new().write(&path, b"one").unwrap();
    assert_ne!(mode(&path) & 0o400, 0);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let error = FileWriter::new().write(&path, b"two").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AlreadyExists);
    assert_eq!(fs::read(&path).unwrap(), b"one");
    FileWriter::new().replace(true).write(&path, b"three").unwrap();
    assert_eq!((fs::read(&path).unwrap().as_slice(), mode(&path)), (b"three".as_slice(), 0o640));
    FileWriter::new().replace(true).private(true).write(&path, b"four").unwrap();
    assert_eq!(mode(&path), 0o600);
    FileWriter::new().private(true).write(place.path().join("key"), b"secret").unwrap();
    assert_eq!(mode(&place.path().join("key")), 0o600);
    assert_eq!(names(place.path()), 2);
    // The check says what writing says.
    for (writer, path) in [
        (FileWriter::new().replace(true), place.path().to_owned()),
        (FileWriter::new(), place.path().join("no/file")),
        (FileWriter::new(), path.clone()),
    ] {
        let error = writer.write(&path, b"").unwrap_err();
        assert_eq!(writer.check(&path).unwrap_err().to_string(), error.to_string());
    }
    assert_eq!(FileWriter::new().check(place.path().join("new")).unwrap(), None);
    assert_eq!(FileWriter::new().replace(true).check(&path).unwrap(), Some(path));
}

#[test]
fn links_stay_and_lead_to_what_is_written() {
    let place = tempfile::tempdir().unwrap();
    let (file, link) = (place.path().join("file"), place.path().join("link"));
    fs::write(&file, b"one").unwrap();
    symlink("file", &link).unwrap();
    let error = FileWriter::new().write(&link, b"two").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AlreadyExists);
    assert!(error.to_string().contains("as a symbolic link to"), "{error}");
    FileWriter::new().replace(true).write(&link, b"two").unwrap();
    assert!(link.symlink_metadata().unwrap().is_symlink());
    assert_eq!(fs::read(&file).unwrap(), b"two");
    fs::remove_file(&file).unwrap();
    for writer in [FileWriter::new(), FileWriter::new().replace(true)] {
        let error = writer.write(&link, b"three").unwrap_err();
        assert!(error.to_string().contains("symbolic link to nothing"), "{error}");
    }
    assert_eq!(names(place.path()), 1);
}

#[test]
fn what_is_no_regular_file_is_written_into() {
    let place = tempfile::tempdir().unwrap();
    let pipe = place.path().join("pipe");
    mkfifoat(CWD, &pipe, Mode::from_raw_mode(0o600)).unwrap();
    // A reader that waits would take the check for the end, if it opened the FIFO.
    assert_eq!(FileWriter::new().check(&pipe).unwrap(), None);
    assert_eq!(FileWriter::new().check("/dev/null").unwrap(), None);
    assert_eq!(FileWriter::new().check("/dev/stdout").unwrap(), None);
    let error = FileWriter::new().write(&pipe, b"text").unwrap_err();
    assert!(error.to_string().contains("nobody reads"), "{error}");
    let content = vec![7; 1 << 18];
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || {
            let mut read = Vec::new();
            File::open(pipe).unwrap().read_to_end(&mut read).unwrap();
            read
        }
    });
    // Until the reader is there.
    while FileWriter::new().write(&pipe, &content).is_err() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    assert_eq!(reader.join().unwrap(), content);
    assert!(pipe.symlink_metadata().unwrap().file_type().is_fifo());
    FileWriter::new().write("/dev/null", b"text").unwrap();
    let device = fs::metadata("/dev/null").unwrap();
    assert!(device.file_type().is_char_device() && device.rdev() != 0);
    let file = File::create(place.path().join("file")).unwrap();
    let open = format!("/dev/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&file));
    FileWriter::new().write(&open, b"a").unwrap();
    FileWriter::new().replace(true).write(&open, b"b").unwrap();
    assert_eq!(fs::read(place.path().join("file")).unwrap(), b"ab");
}

#[test]
fn a_full_disk_leaves_the_old_file_and_no_other() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("file");
    fs::write(&path, b"the old one").unwrap();
    let full = |file: &mut dyn Write| {
        file.write_all(b"half of the")?;
        // As a full disk does it.
        Err(io::Error::from_raw_os_error(rustix::io::Errno::NOSPC.raw_os_error()))
    };
    let error = FileWriter::new().replace(true).fill(&path, full).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::StorageFull);
    assert_eq!(fs::read(&path).unwrap(), b"the old one");
    assert!(FileWriter::new().fill(&place.path().join("new"), full).is_err());
    assert_eq!(names(place.path()), 1);
    let error = FileWriter::new().write("/dev/full", b"text").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::StorageFull);
}
