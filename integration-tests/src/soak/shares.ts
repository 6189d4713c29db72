/**
 * How evenly a good is shared: 1 where all have the same, 1/n where one of n has everything.
 *
 * Jain, Chiu, Hawe: A quantitative measure of fairness and discrimination for resource allocation in shared computer systems, 1984.
 */
export function jainIndex(shares: readonly number[]): number {
  const sum = shares.reduce((total, share) => total + share, 0);
  const squares = shares.reduce((total, share) => total + share ** 2, 0);
  return squares === 0 ? 1 : sum ** 2 / (shares.length * squares);
}
