import { agentKeys, blockKeys, notifyKeys, remoteKeys } from '../man/config-keys.mjs';
import { heading, item, paragraph, plain, section, verbatim } from './roff.mjs';

const EXAMPLE = `[remotes.pi]
address = "192.168.1.20:7713"
rate_limit = [
  { from = "08:00", to = "18:00", days = ["mon", "tue", "wed", "thu", "fri"], rate = "8 Mbit/s" },
  { rate = "5 MB/s" },
]

[blocks.photos]
source = "/volume1/photos"
source_identity = "..."
target = "pi:photos"
schedule = "0 3 * * *"
watch = true
ignore = ["*.tmp", "/cache/"]`;

/** The page of the config file, in section 5. */
export function configPage(version) {
  return [
    heading('btsoot.toml', 5, version, 'File Formats'),
    section('NAME'),
    `btsoot.toml \\- settings of ${plain('btsoot(1)')}\n`,
    section('SYNOPSIS'),
    paragraph('~/.config/btsoot/config.toml, or config.toml in $BTSOOT_CONFIG'),
    section('DESCRIPTION'),
    paragraph(
      'The file is TOML, with a table for each block and each remote. `btsoot pair`, `btsoot add` and `btsoot rm` edit it and leave the rest of it, comments too, as it is. A key that is not known is an error that names file, line and key. A running `btsoot agent` takes up changes at once, and keeps its settings where the file has a mistake.',
    ),
    paragraph(
      'Names have letters, digits, dots, dashes and underscores, begin with a letter or digit, and are at most 64 characters long.',
    ),
    section('BLOCKS'),
    paragraph('Below `[blocks.NAME]`:'),
    ...blockKeys.map(keyItem),
    section('REMOTES'),
    paragraph('Below `[remotes.NAME]`:'),
    ...remoteKeys.map(keyItem),
    section('THE AGENT'),
    paragraph('Below `[agent]`:'),
    ...agentKeys.map(keyItem),
    section('NOTICES'),
    paragraph('Below `[notify]`, for all blocks. Trouble is told when it begins, and once a day for as long as it lasts:'),
    ...notifyKeys.map(keyItem),
    section('EXAMPLE'),
    verbatim(EXAMPLE),
    section('SEE ALSO'),
    paragraph('btsoot(1), btsoot-remote(1)'),
  ].join('');
}

function keyItem({ key, value, text, without, default: preset }) {
  return item(`\\fB${plain(key)}\\fR = \\fI${plain(value)}\\fR`, `${text} ${preset === null ? without : `Default: ${preset}.`}`);
}
