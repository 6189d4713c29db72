export { formatBytes, formatCount, formatDuration, formatMoment, formatTime, plural } from '@btsoot/shared/model/human.js';
