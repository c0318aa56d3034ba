/** Numbers for people. */

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];

/** Three digits are enough to see: 1.02, 10.2, 102. @param {number} value */
function short(value) {
  const digits = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return value.toLocaleString("en", {maximumFractionDigits: digits, useGrouping: true});
}

/** @param {number} count */
export function bytes(count) {
  let unit = 0;
  while (count >= 1024 && unit < UNITS.length - 1) {
    count /= 1024;
    ++unit;
  }
  return `${unit === 0 ? Math.round(count) : short(count)} ${UNITS[unit]}`;
}

/** @param {number} value a whole number */
export function whole(value) {
  return Math.round(value).toLocaleString("en");
}

/** @param {number} perSecond */
export function rate(perSecond) {
  return `${perSecond < 10 ? short(perSecond) : whole(perSecond)}/s`;
}

/** @param {number} seconds */
export function duration(seconds) {
  const whole = Math.floor(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** Of what takes far less than a second. @param {number} seconds */
export function shortTime(seconds) {
  if (seconds < 1e-3) return `${short(seconds * 1e6)} µs`;
  if (seconds < 1) return `${short(seconds * 1e3)} ms`;
  return `${short(seconds)} s`;
}
