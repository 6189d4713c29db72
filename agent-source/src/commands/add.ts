import { display } from '@btsoot/shared/model/bytes.js';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { addBlock, ORDER } from '../add-block.js';
import { openContext } from '../context.js';
import { type ExitStatus, exitStatus } from '../exit-status.js';
import { interruptible } from '../interrupt.js';
import { checkName } from '../names.js';
import { displayTarget, parseTypedTarget } from '../targets.js';
import { checkingArguments } from '../usage-error.js';

export async function addCommand(name: string, sourceText: string, targetText: string): Promise<ExitStatus> {
  const context = await openContext();
  try {
    checkingArguments(() => checkBlockName(name));
    const target = checkingArguments(() => parseTypedTarget(targetText, context.config.remotes.keys(), process.cwd()));
    const added = await interruptible((signal) => addBlock(context, name, sourceText, target, signal));
    const { source } = added.block;
    const before = added.change === 'repointed' && added.before !== null ? ` (until now ${displayTarget(added.before)})` : '';
    const arrow = `${display(source)} -> ${displayTarget(target)}${before}`;
    const kept = added.existedThere ? '\nThe target is there already: what it holds is kept, and used.' : '';
    process.stdout.write(`${WORDS[added.change]} ${name}: ${arrow}${kept}\nNext: btsoot sync ${name} --dry-run\n`);
    return exitStatus.done;
  } finally {
    await context.log.close();
  }
}

/** A path in its place says that the order is not known. */
function checkBlockName(name: string): void {
  if (/[/:]/.test(name))
    throw new BtsootError('invalid', `"${name}" cannot be a block's name`, { hint: `The name comes first. ${ORDER}` });
  checkName('block', name);
}

const WORDS = { added: 'Added', repointed: 'Re-pointed', refreshed: 'Recorded anew' } as const;
