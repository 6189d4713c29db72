import type { Kind, Metadata } from '../model/entry.js';

/**
 * The metadata that an entry can be given here. Root gives every mode. A plain user who took his own right to read away
 * could neither check, copy nor restore what he keeps, so he keeps that right on the disk; the manifest has the true mode.
 */
export function heldMetadata(kind: Kind, meta: Metadata): Metadata {
  if (isRoot()) return meta;
  const needed = kind === 'directory' ? 0o500 : kind === 'file' ? 0o400 : 0;
  return { ...meta, mode: meta.mode | needed };
}

const IS_ROOT = process.geteuid?.() === 0;

export function isRoot(): boolean {
  return IS_ROOT;
}
