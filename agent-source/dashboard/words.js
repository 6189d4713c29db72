import { formatBytes, formatDuration, formatTime, plural } from './human.js';

/** How a block fares: a state in a word or two, what it means, and how it looks. */
export function healthWords(block, nowUs) {
  const { health, last } = block;
  const when = last === null ? '' : ago(last.finishedUs, nowUs);
  const good = last !== null && last.goodUs > 0 ? `Last good ${ago(last.goodUs, nowUs)}.` : 'Never good yet.';
  switch (health) {
    case 'good':
      return { look: 'good', state: 'Good', detail: `Backed up ${when}: ${plural(last.entries, 'entry', 'entries')}.` };
    case 'stale':
      return { look: 'warn', state: 'Good, but old', detail: `Last backed up ${when}.` };
    case 'partial':
      return {
        look: 'warn',
        state: `All but ${plural(last.problemCount, 'entry', 'entries')}`,
        detail: `Synced ${when}; what was left out is listed with its reasons.`,
      };
    case 'refused':
      return { look: 'bad', state: 'Stopped by the guard', detail: `${last.reasons.join(' ')} ${good}` };
    case 'failed':
      return { look: 'bad', state: 'Failed', detail: `${when}: ${last.error?.message ?? 'for an unknown reason'}. ${good}` };
    case 'stopped':
      return { look: 'warn', state: 'Stopped half way', detail: `${when}; the next sync goes on from there. ${good}` };
    default:
      if (block.live !== null) return { look: 'busy', state: 'First sync', detail: 'The first copy is being made.' };
      return { look: 'warn', state: 'Never synced', detail: 'There is no copy yet.' };
  }
}

/** When and why it is synced next. */
export function nextWords({ pause, planned, isKept }, nowUs) {
  if (pause !== null) {
    const since = pause.sinceUs > 0 ? ` since ${formatTime(pause.sinceUs)}` : '';
    return `Paused${since}${pause.untilUs === null ? '' : ` until ${formatTime(pause.untilUs)}`}: nothing begins by itself.`;
  }
  if (planned === null) return isKept ? '' : 'Synced when somebody asks: no timetable, not watched.';
  const watched = planned.watched ? 'Watched. ' : '';
  return `${watched}Next ${until(planned.dueUs, nowUs)}${WHY[planned.why] ?? ''}.`;
}

const WHY = {
  timetable: ', by the timetable',
  changes: ', as files have changed',
  retry: ', to try again',
  watch: ', to look at everything once more',
};

/** Is my backup good? In one sentence, for all blocks. */
export function answer(blocks, nowUs) {
  const looks = blocks.map((block) => healthWords(block, nowUs).look);
  const named = (look) => blocks.filter((_, index) => looks[index] === look).map(({ name }) => name);
  const [bad, warn] = [named('bad'), named('warn')];
  if (blocks.length === 0) return { look: 'warn', text: 'Nothing is backed up yet.' };
  if (bad.length > 0) return { look: 'bad', text: `${list(bad)} ${bad.length === 1 ? 'needs' : 'need'} you.` };
  if (warn.length > 0) return { look: 'warn', text: `Have a look at ${list(warn)}.` };
  if (looks.includes('busy')) return { look: 'busy', text: `The first copy of ${list(named('busy'))} is being made.` };
  if (blocks.length === 1) return { look: 'good', text: 'Your backup is good.' };
  return { look: 'good', text: `All ${blocks.length} backups are good.` };
}

function list(names) {
  if (names.length < 2) return names.join('');
  return names.length > 3 ? `${names.length} blocks` : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

export function ago(us, nowUs) {
  const ms = (nowUs - us) / 1000;
  return ms < 60_000 ? 'just now' : `${coarse(ms)} ago`;
}

export function until(us, nowUs) {
  const ms = (us - nowUs) / 1000;
  return ms < 1_000 ? 'as soon as there is a place for it' : `in ${coarse(ms)}`;
}

/** One unit is enough to know how long it is. */
function coarse(ms) {
  const units = [
    [86_400_000, 'day'],
    [3_600_000, 'hour'],
    [60_000, 'minute'],
    [1_000, 'second'],
  ];
  const [unitMs, unit] = units.find(([length]) => ms >= length * 1.5) ?? units.at(-1);
  return plural(Math.round(ms / unitMs), unit);
}

/** How a running sync fares, in parts that may be shown apart. */
export function progressWords(live) {
  const title = PHASES[live.phase] ?? 'Working';
  if (!isCrossing(live)) return { title, facts: [live.text] };
  const facts = [
    `${formatBytes(live.bytes)} of ${formatBytes(live.bytesTotal)}`,
    live.savedBytes > 0 ? `${formatBytes(live.savedBytes)} saved` : '',
    live.bytesPerSecond > 0 ? `${formatBytes(live.bytesPerSecond)}/s` : '',
    live.leftMs !== null && live.leftMs > 0 ? `${formatDuration(Math.ceil(live.leftMs / 1000) * 1000)} left` : '',
  ];
  return { title, facts: facts.filter((fact) => fact !== '') };
}

/** Whether bytes go over the wire, one way or the other. */
export function isCrossing({ phase }) {
  return phase === 'transfer' || phase === 'receive';
}

const PHASES = {
  start: 'Starting',
  connect: 'Waiting for the remote',
  scan: 'Looking at the source',
  compare: 'Comparing',
  plan: 'Planning',
  transfer: 'Sending',
  receive: 'Receiving',
  record: 'Writing it down',
  verify: 'Reading again',
};

/** What a session did. */
export function tallyWords({ tally, steps }) {
  const counts = [
    [tally.added, 'added'],
    [tally.replaced, 'changed'],
    [tally.moved, 'moved'],
    [tally.removed, 'removed'],
    [tally.described, 'with other times or modes'],
  ];
  const parts = counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return parts.length === 0 ? plural(steps, 'step') : parts.join(', ');
}

/** What a restore's plan comes to. */
export function planWords(summary) {
  const counts = [
    [summary.put, 'file to fetch', 'files to fetch'],
    [summary.copy, 'file to copy from what is there', 'files to copy from what is there'],
    [summary.move, 'thing to move', 'things to move'],
    [summary.makeDirectory, 'new folder', 'new folders'],
    [summary.link, 'symlink', 'symlinks'],
    [summary.hardLink, 'hard link', 'hard links'],
    [summary.makeSpecial, 'special file', 'special files'],
    [summary.setMetadata, 'change of mode, owner or time', 'changes of mode, owner or time'],
  ];
  const parts = counts.filter(([count]) => count > 0).map(([count, one, many]) => plural(count, one, many));
  if (parts.length === 0) return 'Nothing to do: all of it is there already.';
  return `${parts.join(', ')}; at most ${formatBytes(summary.wireBytes)} to fetch.`;
}
