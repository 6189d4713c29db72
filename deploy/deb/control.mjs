// The texts that dpkg reads, and those that Debian wants beside a program.
import { readFileSync } from 'node:fs';

/** Who builds a package answers for it; Debian's tools have these two variables for that. */
const MAINTAINER = `${process.env.DEBFULLNAME ?? 'BTSOOT contributors'} <${process.env.DEBEMAIL ?? 'btsoot@localhost'}>`;

/** @param natives files with compiled code, by which the C library's version is known */
export function controlText(each, { version, architecture, installedKiB, natives }) {
  return `Package: ${each.name}
Version: ${version}
Architecture: ${architecture}
Maintainer: ${MAINTAINER}
Installed-Size: ${installedKiB}
Depends: ${[...nodeVersions(), `libc6 (>= ${glibcOf(natives)})`, 'libstdc++6', ...each.depends].join(', ')}
Section: utils
Priority: optional
Description: ${each.summary}
 ${each.description}
`;
}

/** better-sqlite3 is compiled for one major version of Node, and loads in no other. */
function nodeVersions() {
  const major = Number(process.versions.node.split('.')[0]);
  const least = major === 20 ? '20.19' : String(major);
  return [`nodejs (>= ${least})`, `nodejs (<< ${major + 1}~)`];
}

/** The newest version that any of them asks for. */
function glibcOf(natives) {
  const asked = natives.flatMap((file) =>
    [...readFileSync(file, 'latin1').matchAll(/GLIBC_(\d+\.\d+)/g)].map(([, version]) => version),
  );
  return asked.reduce((a, b) => (minor(b) > minor(a) ? b : a), '2.17');
}

function minor(version) {
  return Number(version.split('.')[1]);
}

export function copyrightText(licence, parts) {
  const used = parts.map(({ name, version, license, text }) => `${name} ${version} (${license})\n\n${text}\n`);
  return `BTSOOT\n\n${licence.trim()}\n\nIt comes with, or has compiled into it, parts of these packages:\n\n${used.join(`\n${'-'.repeat(72)}\n\n`)}`;
}

/** A changelog as dpkg reads it: the project's own has the news. */
export function changelogText(name, version, date) {
  return `${name} (${version}) unstable; urgency=medium

  * What is new is in NEWS.md beside this file.

 -- ${MAINTAINER}  ${date.toUTCString().replace('GMT', '+0000')}
`;
}
