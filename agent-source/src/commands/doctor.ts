import { diagnosesJson, diagnosisLine, type Shown, summaryLine } from '@btsoot/shared/doctor/text.js';
import { type Diagnosis, worstLevel } from '@btsoot/shared/model/diagnosis.js';
import { examine } from '../doctor/examine.js';
import { type ExitStatus, exitStatusOfLevel } from '../exit-status.js';
import { choosePaint } from '../output/paint.js';
import { findPaths } from '../paths.js';

export async function doctorCommand(
  blocks: readonly string[],
  options: { readonly thorough?: true; readonly json?: true },
): Promise<ExitStatus> {
  const paint = choosePaint(process.stdout.isTTY);
  const shown: Shown = { good: paint.good, warning: paint.warn, bad: paint.bad };
  const isJson = options.json === true;
  const diagnoses: Diagnosis[] = [];
  for await (const diagnosis of examine({ paths: findPaths(), blocks, thorough: options.thorough === true })) {
    diagnoses.push(diagnosis);
    if (!isJson) process.stdout.write(`${diagnosisLine(diagnosis, shown)}\n`);
  }
  process.stdout.write(`${isJson ? diagnosesJson(diagnoses) : summaryLine(diagnoses, shown)}\n`);
  return exitStatusOfLevel(worstLevel(diagnoses));
}
