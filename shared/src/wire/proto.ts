import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { loadPackageDefinition } from '@grpc/grpc-js';
import type * as ProtoLoader from '@grpc/proto-loader';
import type { ProtoGrpcType as ControlPackage } from './gen/control.js';
import type { ProtoGrpcType as RemotePackage } from './gen/remote.js';

/** The only place that reads .proto files. Each is read when first asked for, and the loader with it: a help text needs neither. */

/** From `shared/dist/wire` to `proto` beside `shared`. */
const PROTO_FOLDER = fileURLToPath(new URL('../../../proto', import.meta.url));

/** As `npm run gen` says it to the type generator. */
const LOADER_OPTIONS: ProtoLoader.Options = {
  includeDirs: [PROTO_FOLDER],
  keepCase: false,
  longs: Number,
  enums: String,
  defaults: true,
  oneofs: true,
};

let remote: RemotePackage['btsoot']['v1'] | undefined;
let control: ControlPackage['btsoot']['v1'] | undefined;

/** The services that a remote agent offers: Remote and Pairing. */
export function remotePackage(): RemotePackage['btsoot']['v1'] {
  remote ??= (load('btsoot/v1/remote.proto') as unknown as RemotePackage).btsoot.v1;
  return remote;
}

/** The service that a source agent offers on its control socket. */
export function controlPackage(): ControlPackage['btsoot']['v1'] {
  control ??= (load('btsoot/v1/control.proto') as unknown as ControlPackage).btsoot.v1;
  return control;
}

function load(file: string) {
  const { loadSync } = createRequire(import.meta.url)('@grpc/proto-loader') as typeof ProtoLoader;
  return loadPackageDefinition(loadSync(file, LOADER_OPTIONS));
}
