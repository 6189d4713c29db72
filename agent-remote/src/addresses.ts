import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';

const wildcards = new Set(['0.0.0.0', '::', '']);
/** Interfaces whose addresses other machines hardly ever reach: of containers, virtual machines and tunnels. */
const virtualInterface = /^(docker|br-|veth|virbr|vmnet|tun|tap|cni|podman|lo)/;

/**
 * The address that other machines are to use: the one we listen on, or, where that is every address, the machine's most
 * likely one: IPv4 before IPv6, a real interface before a virtual one. Loopback only where there is nothing else.
 */
export function reachableAddress(
  listenHost: string,
  interfaces: NodeJS.Dict<readonly NetworkInterfaceInfo[]> = networkInterfaces(),
): string {
  if (!wildcards.has(listenHost)) return listenHost;
  const candidates = Object.entries(interfaces)
    .flatMap(([name, infos]) => (infos ?? []).map((info) => ({ name, info })))
    .filter(({ info }) => !info.internal && !info.address.startsWith('fe80:'))
    .sort((a, b) => cost(a) - cost(b));
  return candidates[0]?.info.address ?? '127.0.0.1';
}

function cost({ name, info }: { name: string; info: NetworkInterfaceInfo }): number {
  return (virtualInterface.test(name) ? 2 : 0) + (info.family === 'IPv4' ? 0 : 1);
}
