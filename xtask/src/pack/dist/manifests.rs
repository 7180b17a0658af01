//! What other build systems read, all made from the same few facts: where the headers are, which library is for which
//! processor, and what a host needs beside.

use anyhow::{Context, Result};
use serde_json::json;

use crate::pack::dist::Holds;
use crate::tools::bare::{CORTEX_M0, Crypto, PROCESSORS, RISCV32};

/// The files, and for whom they are.
pub(super) const NAMES: [(&str, &str); 8] = [
    ("library.json", "PlatformIO; `packaging/platformio.py` picks the library for the board"),
    (
        "library.properties",
        "Arduino, with `src/nodelock_arduino.h`; `packaging/arduino.sh` puts the libraries there",
    ),
    ("nodelock.nodelock.pdsc", "CMSIS packs"),
    ("idf_component.yml", "the component registry of ESP-IDF, for its RISC-V chips"),
    ("packaging/vcpkg", "vcpkg: `vcpkg install nodelock --overlay-ports=packaging/vcpkg`"),
    ("conanfile.py", "Conan 2: `conan export-pkg .`"),
    ("CMakeLists.txt", "CMake: `add_subdirectory`"),
    ("lib/pkgconfig", "pkg-config"),
];

const SUMMARY: &str = "Node-locked licenses, checked offline by the device itself";
const LICENSE: &str = "MIT OR Apache-2.0";
/// What Rust's standard library wants of Linux.
const SYSTEM_LIBS: [&str; 3] = ["pthread", "dl", "m"];
/// The machine for which the library for hosts is, as Python and Conan call it.
const HOST_SYSTEM: &str = "Linux";
const HOST_MACHINE: &str = std::env::consts::ARCH;
const ON_BARE_METAL: &str = "agent-pinned";
const ON_HOSTS: &str = "lib/host/agent-p256";

/// A file of the archive: its place, and what is in it.
type Made = (String, String);

/// Those for which the archive has a library.
pub(super) fn all(version: &str, holds: &Holds<'_>) -> Result<Vec<Made>> {
    let made = |path: &str, text: String| (path.to_owned(), text);
    let mut all = vec![
        made("library.json", platformio(version)?),
        made("packaging/platformio.py", platformio_script()),
        made("library.properties", arduino(version)),
        made("packaging/arduino.sh", arduino_script()),
        made("src/nodelock_arduino.h", "#include \"../include/nodelock.h\"\n".to_owned()),
        made("nodelock.nodelock.pdsc", cmsis(version, holds)),
        made("idf_component.yml", idf(version)),
        made("packaging/vcpkg/vcpkg.json", vcpkg(version)?),
        made("packaging/vcpkg/portfile.cmake", portfile()),
        made("conanfile.py", conan(version)),
        made("lib/pkgconfig/nodelock.pc", pkg_config(version, ON_HOSTS, "${pcfiledir}/../..")),
    ];
    all.retain(|(path, _)| is_served(path, holds));
    Ok(all)
}

/// Whether somebody who takes this file finds a library.
pub(super) fn is_served(path: &str, holds: &Holds<'_>) -> bool {
    let bare = |wanted: &dyn Fn(&str) -> bool| {
        PROCESSORS.iter().any(|one| wanted(one.core) && holds.has(one.target, Crypto::Pinned))
    };
    let host = holds.has(super::HOST, Crypto::P256);
    match path {
        "library.json" | "packaging/platformio.py" => host || bare(&|_| true),
        "library.properties" | "packaging/arduino.sh" | "src/nodelock_arduino.h" => bare(&|_| true),
        "nodelock.nodelock.pdsc" => bare(&|core| core.starts_with("cortex-")),
        "idf_component.yml" => holds.has(RISCV32, Crypto::Pinned),
        "conanfile.py" => host,
        path if path.starts_with("packaging/vcpkg") || path.starts_with("lib/pkgconfig") => host,
        _ => true,
    }
}

/// Beside each library.
pub(super) fn pkg_config(version: &str, folder: &str, root: &str) -> String {
    // Without an operating system there is nothing to link.
    let system = if folder.contains("-none") {
        String::new()
    } else {
        SYSTEM_LIBS.map(|lib| format!(" -l{lib}")).concat()
    };
    format!(
        "prefix={root}\nincludedir=${{prefix}}/include\nlibdir=${{prefix}}/{folder}\n\nName: nodelock\n\
         Description: {SUMMARY}\nVersion: {version}\nCflags: -I${{includedir}}\n\
         Libs: -L${{libdir}} -lnodelock -Wl,--gc-sections{system}\n"
    )
}

fn platformio(version: &str) -> Result<String> {
    let manifest = json!({
        "name": "nodelock",
        "version": version,
        "description": SUMMARY,
        "keywords": "license, licensing, security",
        "license": LICENSE,
        "authors": [{ "name": "the nodelock authors" }],
        "frameworks": "*",
        "platforms": "*",
        "headers": "nodelock.h",
        "build": {
            "includeDir": "include",
            "srcFilter": ["-<*>"],
            "extraScript": "packaging/platformio.py",
        },
    });
    Ok(serde_json::to_string_pretty(&manifest)? + "\n")
}

/// The target for each processor by its name, in Python.
fn targets() -> String {
    let mut table = String::new();
    for one in PROCESSORS {
        table += &format!("    \"{}\": \"{}\",\n", one.core, one.target);
    }
    table
}

/// Never the library of another processor: that links with an error which nobody understands, or links.
fn platformio_script() -> String {
    format!(
        "# Links the library for the board's processor.\nimport os\nimport platform\n\nImport(\"env\")\n\n\
         TARGETS = {{\n{}    \"cortex-m0\": \"{CORTEX_M0}\",\n    \"cortex-m7\": \"thumbv7em-none-eabi\",\n}}\n\
         if \"BOARD\" in env:\n    \
             cpu = env.BoardConfig().get(\"build.cpu\", \"\")\n    \
             mcu = env.BoardConfig().get(\"build.mcu\", \"\")\n    \
             if mcu.startswith((\"esp32c\", \"esp32h\")):\n        cpu = \"riscv\"\n    \
             if cpu not in TARGETS:\n        \
                 name = \" \".join(part for part in (cpu, mcu) if part) or env[\"BOARD\"]\n        \
                 raise SystemExit(\"nodelock has no library for the processor of this board: \" + name)\n    \
             folder = \"lib/\" + TARGETS[cpu] + \"/{ON_BARE_METAL}\"\n\
         else:\n    \
             if (platform.system(), platform.machine()) != (\"{HOST_SYSTEM}\", \"{HOST_MACHINE}\"):\n        \
                 raise SystemExit(\"the library for hosts in this archive is for {HOST_SYSTEM} on {HOST_MACHINE}\")\n    \
             folder = \"{ON_HOSTS}\"\n\
         # PlatformIO runs this in the folder of the library.\n\
         folder = os.path.join(os.getcwd(), folder)\n\
         if not os.path.isfile(os.path.join(folder, \"libnodelock.a\")):\n    \
             raise SystemExit(\"this archive of nodelock has no \" + folder + \"/libnodelock.a\")\n\
         env.Append(LIBPATH=[folder], LIBS=[\"nodelock\"], LINKFLAGS=[\"-Wl,--gc-sections\"])\n\
         if \"BOARD\" not in env:\n    env.Append(LIBS=[{}])\n",
        targets(),
        SYSTEM_LIBS.map(|lib| format!("\"{lib}\"")).join(", "),
    )
}

fn arduino(version: &str) -> String {
    format!(
        "name=nodelock\nversion={version}\nauthor=the nodelock authors\nmaintainer=the nodelock authors\n\
         sentence={SUMMARY}.\nparagraph=The library comes as a static library for each processor.\n\
         category=Other\narchitectures=*\nincludes=nodelock_arduino.h\n\
         precompiled=true\nldflags=-lnodelock\n"
    )
}

fn arduino_script() -> String {
    let mut script =
        "#!/bin/sh\n# Puts the libraries where Arduino looks for them.\nset -e\ncd \"$(dirname \"$0\")/..\"\n"
            .to_owned();
    for one in PROCESSORS {
        let folder = if one.core == "riscv" { "esp32c3" } else { one.core };
        let library = format!("lib/{}/{ON_BARE_METAL}/libnodelock.a", one.target);
        script += &format!(
            "if [ -f {library} ]; then mkdir -p src/{folder} && cp {library} src/{folder}/; fi\n"
        );
    }
    script
}

fn cmsis(version: &str, holds: &Holds<'_>) -> String {
    let mut conditions = String::new();
    let mut files = String::new();
    let is_there = |target| holds.has(target, Crypto::Pinned);
    let cortex = |core: &str| core.starts_with("cortex-");
    for one in PROCESSORS.iter().filter(|one| cortex(one.core) && is_there(one.target)) {
        let id = one.core;
        let cores: String = one
            .cores
            .trim_start_matches("Cortex-")
            .split(", ")
            .map(|core| format!("      <accept Dcore=\"Cortex-{core}\"/>\n"))
            .collect();
        conditions += &format!(
            "    <condition id=\"{id}\">\n      <description>{}</description>\n{cores}    </condition>\n",
            one.cores
        );
        files += &format!(
            "        <file category=\"library\" condition=\"{id}\" name=\"lib/{}/{ON_BARE_METAL}/libnodelock.a\"/>\n",
            one.target
        );
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <package schemaVersion=\"1.7.7\" xmlns:xs=\"http://www.w3.org/2001/XMLSchema-instance\" \
         xs:noNamespaceSchemaLocation=\"PACK.xsd\">\n  <vendor>nodelock</vendor>\n  <name>nodelock</name>\n  \
         <description>{SUMMARY}</description>\n  \
         <!-- Whoever serves this pack adds the url element: the folder that it is in. -->\n  \
         <license>LICENSE-MIT</license>\n  <releases>\n    <release version=\"{version}\">\
         See CHANGELOG.md.</release>\n  </releases>\n  <conditions>\n{conditions}  </conditions>\n  <components>\n    \
         <component Cclass=\"Security\" Cgroup=\"Licensing\" Csub=\"nodelock\" Cversion=\"{version}\">\n      \
         <description>The agent, with the verifier for pinned keys</description>\n      <files>\n        \
         <file category=\"doc\" name=\"docs/PORTING.md\"/>\n        \
         <file category=\"include\" name=\"include/\"/>\n{files}      </files>\n    </component>\n  </components>\n</package>\n"
    )
}

fn idf(version: &str) -> String {
    format!(
        "version: \"{version}\"\ndescription: {SUMMARY}\nlicense: {LICENSE}\ntargets:\n  - esp32c2\n  - esp32c3\n  \
         - esp32c6\n  - esp32h2\ndependencies:\n  idf: \">=5.0\"\n"
    )
}

fn vcpkg(version: &str) -> Result<String> {
    let manifest = json!({
        "name": "nodelock",
        "version-semver": version,
        "description": SUMMARY,
        "license": LICENSE,
        "supports": "linux & x64",
    });
    Ok(serde_json::to_string_pretty(&manifest)? + "\n")
}

fn portfile() -> String {
    format!(
        "# A port over the archive that it lies in: nothing is downloaded, and nothing built.\n\
         get_filename_component(archive \"${{CMAKE_CURRENT_LIST_DIR}}/../..\" ABSOLUTE)\n\
         set(to \"${{CURRENT_PACKAGES_DIR}}\")\n\
         file(INSTALL \"${{archive}}/include\" DESTINATION \"${{to}}\")\n\
         file(INSTALL \"${{archive}}/{ON_HOSTS}\" DESTINATION \"${{to}}/lib/host\")\n\
         file(INSTALL \"${{archive}}/{ON_HOSTS}/libnodelock.a\" DESTINATION \"${{to}}/lib\")\n\
         file(INSTALL \"${{archive}}/lib/cmake/nodelock/\" DESTINATION \"${{to}}/share/nodelock\")\n\
         # There the folder of the package is one level nearer.\n\
         file(READ \"${{to}}/share/nodelock/nodelock-config.cmake\" config)\n\
         string(REPLACE \"/../../..\" \"/../..\" config \"${{config}}\")\n\
         file(WRITE \"${{to}}/share/nodelock/nodelock-config.cmake\" \"${{config}}\")\n\
         file(INSTALL \"${{archive}}/LICENSE-MIT\" DESTINATION \"${{to}}/share/nodelock\" RENAME copyright)\n\
         # The same library serves both.\n\
         set(VCPKG_POLICY_SKIP_DEBUG_LIBS_CHECK enabled)\nset(VCPKG_POLICY_MISMATCHED_NUMBER_OF_BINARIES enabled)\n"
    )
}

fn conan(version: &str) -> String {
    format!(
        "\"\"\"Conan 2, over the archive that this lies in: conan export-pkg .\"\"\"\n\
         import os\n\nfrom conan import ConanFile\nfrom conan.errors import ConanInvalidConfiguration\n\
         from conan.tools.files import copy\n\n\n\
         class Nodelock(ConanFile):\n    name = \"nodelock\"\n    version = \"{version}\"\n    \
         description = \"{SUMMARY}\"\n    license = \"{LICENSE}\"\n    package_type = \"static-library\"\n    \
         settings = \"os\", \"arch\"\n\n    def package(self):\n        root = self.recipe_folder\n        \
         if (self.settings.os, self.settings.arch) != (\"{HOST_SYSTEM}\", \"{HOST_MACHINE}\"):\n            \
             raise ConanInvalidConfiguration(\"the library of this archive is for {HOST_SYSTEM} on {HOST_MACHINE}\")\n        \
         if not os.path.isfile(os.path.join(root, \"{ON_HOSTS}\", \"libnodelock.a\")):\n            \
             raise ConanInvalidConfiguration(\"this archive has no {ON_HOSTS}/libnodelock.a\")\n        \
         copy(self, \"*\", os.path.join(root, \"include\"), os.path.join(self.package_folder, \"include\"))\n        \
         copy(self, \"libnodelock.a\", os.path.join(root, \"{ON_HOSTS}\"), os.path.join(self.package_folder, \"lib\"))\n        \
         copy(self, \"LICENSE-*\", root, os.path.join(self.package_folder, \"licenses\"))\n\n    \
         def package_info(self):\n        self.cpp_info.libs = [\"nodelock\"]\n        \
         self.cpp_info.exelinkflags = [\"-Wl,--gc-sections\"]\n        \
         self.cpp_info.system_libs = [{}]\n",
        SYSTEM_LIBS.map(|lib| format!("\"{lib}\"")).join(", ")
    )
}

/// What the manifests name must be there: each path below one of the archive's folders.
pub(super) fn paths(made: &[Made]) -> Result<Vec<String>> {
    let mut paths = Vec::new();
    for (_, text) in made {
        for word in text.split(|c: char| !(c.is_ascii_alphanumeric() || "._-/".contains(c))) {
            let folder = word.split('/').next().context("a word")?;
            if word.contains('/') && ["include", "docs", "packaging"].contains(&folder) {
                paths.push(word.trim_end_matches('/').to_owned());
            }
        }
    }
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;
    use crate::pack::dist::HOST;
    use crate::tools::bare::CORTEX_M4;
    use crate::tools::programs;

    /// What PlatformIO's script links for a board, or says.
    fn linked(board: Option<(&str, &str)>) -> String {
        let dir = tempfile::tempdir().unwrap();
        for folder in ["lib/thumbv7em-none-eabi/agent-pinned", ON_HOSTS] {
            std::fs::create_dir_all(dir.path().join(folder)).unwrap();
            std::fs::write(dir.path().join(folder).join("libnodelock.a"), "").unwrap();
        }
        let env = match board {
            Some((cpu, mcu)) => {
                format!("E({{'BOARD': 'b', 'build.cpu': '{cpu}', 'build.mcu': '{mcu}'}})")
            }
            None => "E()".to_owned(),
        };
        let stub = format!(
            "class E(dict):\n    def BoardConfig(self):\n        return {{k: v for k, v in self.items() if v}}\n    \
             def Append(self, LIBPATH=(), **rest):\n        print(*LIBPATH)\n\
             env = {env}\ndef Import(name):\n    pass\n"
        );
        let python = programs::find(&["python3"]).unwrap();
        let mut python = Command::new(python);
        python.current_dir(dir.path()).args(["-c", &(stub + &platformio_script())]);
        let output = python.output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        String::from_utf8(said).unwrap()
    }

    #[test]
    fn no_board_gets_the_library_of_another_processor() {
        if programs::find(&["python3"]).is_none() {
            return;
        }
        assert!(
            linked(Some(("cortex-m4", "nrf52840"))).contains("thumbv7em-none-eabi/agent-pinned")
        );
        assert!(linked(None).contains(ON_HOSTS));
        for mcu in ["esp32", "esp32s3", "esp8266", "atmega328p", "fe310", ""] {
            let said = linked(Some(("", mcu)));
            assert!(said.contains("no library for the processor of this board"), "{mcu}: {said}");
            assert!(!said.contains("host"), "{mcu}: {said}");
        }
        let said = linked(Some(("", "esp32c3")));
        assert!(said.contains("has no") && said.contains("riscv32imc"), "{said}");
    }

    #[test]
    fn nothing_names_a_library_that_is_not_packed() {
        let names = |targets: &[&str], cryptos: &[Crypto]| {
            let made = all("0.1.0", &Holds { targets, cryptos }).unwrap();
            made.into_iter().map(|(path, text)| path + "\n" + &text).collect::<Vec<_>>().concat()
        };
        let firmware = names(&[CORTEX_M4], &Crypto::ALL);
        for absent in
            ["lib/pkgconfig", "vcpkg", "class Nodelock", "thumbv6m-none-eabi/agent", "<url>"]
        {
            let packs = firmware.split("arduino.sh").next().unwrap();
            assert!(!packs.contains(absent), "{absent}");
        }
        let host = names(&[HOST], &[Crypto::P256]);
        assert!(
            host.contains("lib/pkgconfig") && !host.contains("pdsc") && !host.contains("arduino")
        );
        assert!(host.contains("ConanInvalidConfiguration"));
    }
}
