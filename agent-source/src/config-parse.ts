import { fromText } from '@btsoot/shared/model/bytes.js';
import { DRIFT_POLICIES } from '@btsoot/shared/model/drift.js';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { parse, TomlError } from 'smol-toml';
import * as z from 'zod';
import { parseAddress } from './address.js';
import type { Config, Remote } from './config.js';
import { agentSchema, toAgentSettings } from './config-agent.js';
import { durationSchema } from './config-duration.js';
import { commandSchema, notifySchema, toNotifySettings, urlSchema } from './config-notify.js';
import { rateLimitSchema } from './config-rate.js';
import { NAME_PATTERN } from './names.js';
import { orIssue } from './or-issue.js';
import type { Block } from './sync-types.js';
import { parseConfiguredTarget } from './targets.js';
import { parseTimetable } from './timetable.js';
import { lineOfPath, outlineToml, type TomlItem } from './toml-outline.js';

const nameSchema = z
  .string()
  .regex(NAME_PATTERN, 'must be letters, digits, dots, dashes and underscores, and begin with a letter or digit')
  .max(limits.blockNameLengthMax, `must be at most ${limits.blockNameLengthMax} characters long`);

const patternSchema = z
  .string()
  .regex(/^[^\0\n]*$/, 'must be one pattern, without line breaks')
  .transform(fromText);

const blockSchema = z.strictObject({
  source: z.string().startsWith('/', 'must be an absolute directory'),
  target: z.string().transform(orIssue(parseConfiguredTarget)),
  source_identity: z.string().min(1, 'must not be empty'),
  drift: z.enum(DRIFT_POLICIES).default('quick'),
  owners: z.enum(['number', 'name']).default('number'),
  specials: z.enum(['skip', 'mirror']).default('skip'),
  readers: z.int().min(1).max(limits.hashWorkersMax).optional(),
  guard_percent: z.number().min(0).max(100).default(limits.guardShareMaxPercent),
  guard_entries: z.int().min(0).default(limits.guardEntriesMax),
  ignore: z
    .array(patternSchema)
    .max(limits.ignorePatternsMax, `must be at most ${limits.ignorePatternsMax} patterns`)
    .default([]),
  ignored: z.enum(['keep', 'remove']).default('keep'),
  watch: z.boolean().default(false),
  settle: durationSchema(limits.settleMinMs, limits.settleMaxMs).default(limits.settleDefaultMs),
  schedule: z.string().transform(orIssue(parseTimetable)).optional(),
  run_before: commandSchema.optional(),
  run_after: commandSchema.optional(),
  run_limit: durationSchema(limits.hookMinMs, limits.hookMaxMs).default(limits.hookDefaultMs),
  ping: urlSchema.optional(),
});

const remoteSchema = z.strictObject({
  address: z.string().transform(orIssue(parseAddress)),
  rate_limit: rateLimitSchema.optional(),
});

const configSchema = z.strictObject({
  blocks: z.record(nameSchema, blockSchema).default({}),
  remotes: z.record(nameSchema, remoteSchema).default({}),
  notify: notifySchema.prefault({}),
  agent: agentSchema.prefault({}),
});

/**
 * Reads the config file's text; `file` is for messages.
 * @throws BtsootError of kind `invalid` with one line a fault: file, line, key and what is wrong.
 */
export function parseConfig(text: string, file: string): Config {
  const checked = configSchema.safeParse(parseToml(text, file), { reportInput: true });
  if (!checked.success)
    throw new BtsootError('invalid', describe(checked.error, outlineToml(text), file), {
      hint: 'Mend that line of the config file, and run it again. The manual page btsoot.toml(5) has all settings.',
    });
  const blocks = Object.entries(checked.data.blocks).map(([name, found]) => [name, toBlock(name, found)] as const);
  const remotes = Object.entries(checked.data.remotes).map(
    ([name, found]) => [name, { name, ...found.address, rateLimit: found.rate_limit ?? null } satisfies Remote] as const,
  );
  return {
    file,
    blocks: new Map(blocks),
    remotes: new Map(remotes),
    agent: toAgentSettings(checked.data.agent),
    notify: toNotifySettings(checked.data.notify),
  };
}

function toBlock(name: string, found: z.output<typeof blockSchema>): Block {
  return {
    name,
    source: fromText(found.source),
    sourceIdentity: found.source_identity,
    target: found.target,
    drift: found.drift,
    owners: found.owners,
    specials: found.specials,
    readers: found.readers ?? null,
    guard: { sharePercent: found.guard_percent, entries: found.guard_entries },
    ignore: found.ignore,
    ignored: found.ignored,
    watch: found.watch,
    settleMs: found.settle,
    schedule: found.schedule ?? null,
    hooks: { before: found.run_before ?? null, after: found.run_after ?? null, limitMs: found.run_limit },
    ping: found.ping ?? null,
  };
}

function parseToml(text: string, file: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const reason = error.message.split('\n', 1)[0]?.replace(/^Invalid TOML document: /, '');
    throw new BtsootError('invalid', `${file}:${error.line}: not valid TOML: ${reason}`, {
      hint: 'Mend that line of the config file, and run it again. The manual page btsoot.toml(5) has all settings.',
      cause: error,
    });
  }
}

function describe(error: z.ZodError, items: readonly TomlItem[], file: string): string {
  const faults = error.issues.flatMap(faultsOf).map((fault) => ({ ...fault, line: lineOfPath(items, fault.path) }));
  faults.sort((a, b) => a.line - b.line);
  return faults.map((fault) => `${file}:${fault.line}: ${fault.path.join('.')} ${fault.message}`).join('\n');
}

/** Where people, or TOML, have another word for it. */
const TOML_TYPES: Readonly<Record<string, string>> = { array: 'list', int: 'whole number', object: 'table' };

interface Fault {
  readonly path: readonly string[];
  readonly message: string;
}

function faultsOf(issue: z.core.$ZodIssue): Fault[] {
  const path = issue.path.map(String);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ path: [...path, key], message: `is not a setting of ${settingsOwner(path)}` }));
    case 'invalid_type':
      return [
        { path, message: issue.input === undefined ? 'is missing' : `must be a ${TOML_TYPES[issue.expected] ?? issue.expected}` },
      ];
    case 'invalid_union':
      return faultsOfUnion(issue);
    case 'invalid_value':
      return [{ path, message: `must be one of ${issue.values.map((value) => `"${String(value)}"`).join(', ')}` }];
    case 'too_small':
      return [{ path, message: typeof issue.input === 'number' ? `must be at least ${issue.minimum}` : issue.message }];
    case 'too_big':
      return [{ path, message: typeof issue.input === 'number' ? `must be at most ${issue.maximum}` : issue.message }];
    case 'invalid_key':
      return [{ path, message: `is not a possible name: ${issue.issues.map((inner) => inner.message).join(', ')}` }];
    default:
      return [{ path, message: issue.message }];
  }
}

/** Of a value of one of several types: what is wrong with it as the one that it is. */
function faultsOfUnion(issue: z.core.$ZodIssueInvalidUnion): Fault[] {
  const meant = issue.errors.find((inner) => !inner.some(({ code, path }) => code === 'invalid_type' && path.length === 0));
  if (meant === undefined) return [{ path: issue.path.map(String), message: issue.message }];
  return meant.flatMap((inner) => faultsOf({ ...inner, path: [...issue.path, ...inner.path] }));
}

function settingsOwner([section, , ...setting]: readonly string[]): string {
  if (section === undefined) return 'this file';
  if (section === 'notify') return 'notify';
  if (section === 'agent') return 'the agent';
  if (setting.length > 0) return 'a period';
  return section === 'blocks' ? 'a block' : 'a remote';
}
