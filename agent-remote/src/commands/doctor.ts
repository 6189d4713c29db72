import { diagnosesJson, diagnosisLine, summaryLine, UNCOLOURED } from '@btsoot/shared/doctor/text.js';
import { type Diagnosis, type Level, worstLevel } from '@btsoot/shared/model/diagnosis.js';
import { examine } from '../doctor/examine.js';
import { layoutOf } from '../layout.js';
import { print } from '../output.js';

export interface DoctorOptions {
  readonly root: string;
  readonly thorough: boolean;
  readonly json: boolean;
}

/** Says what is wrong with a root, and answers how bad it is. */
export async function doctor({ root, thorough, json }: DoctorOptions): Promise<Level> {
  const diagnoses: Diagnosis[] = [];
  for await (const diagnosis of examine(layoutOf(root), thorough)) {
    diagnoses.push(diagnosis);
    if (!json) print(diagnosisLine(diagnosis, UNCOLOURED));
  }
  print(json ? diagnosesJson(diagnoses) : summaryLine(diagnoses, UNCOLOURED));
  return worstLevel(diagnoses);
}
