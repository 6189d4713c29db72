import addon from 'xxhash-addon';

/**
 * XXH3-128. For streaming, give the constructor a seed of four zero bytes: without one the addon crashes the process.
 * The addon is a CommonJS module whose names Node cannot see from an import, hence this one place that unwraps it.
 */
export const XXHash128 = addon.XXHash128;
export type XXHash128 = InstanceType<typeof addon.XXHash128>;
