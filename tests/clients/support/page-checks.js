// What is looked for in a page, by functions that run there.

/** Whatever one can use or fill in and that has no name. */
export function nameless() {
  return [...document.querySelectorAll('input, button, form')]
    .filter((element) => !element.labels?.length && !element.textContent.trim() && !element.ariaLabel)
    .map((element) => element.outerHTML);
}

/** Whatever is wider than the window, and makes the page wider. */
export function tooWide() {
  if (document.documentElement.scrollWidth <= innerWidth) return [];
  return [...document.querySelectorAll('main *')].filter((element) => element.getBoundingClientRect().right > innerWidth)
    .map((element) => `${element.tagName} ${element.id} ${element.className}`);
}

/** Visible text whose contrast with its background is below 4.5 to 1 (WCAG 2.2, AA). */
export function poorContrast() {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const linear = (value) => (value <= 10 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const groundOf = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const ground = rgba(getComputedStyle(at).backgroundColor);
      if (ground[3] === 255) return ground;
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll('body *')]
    .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
    .filter((element) => element.checkVisibility() && !element.closest('[aria-disabled=true]'))
    .map((element) => {
      const [a, b] = [luminance(rgba(getComputedStyle(element).color)), luminance(groundOf(element))];
      const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      return { text: element.textContent.trim().slice(0, 40), contrast: Math.round(contrast * 100) / 100 };
    })
    .filter(({ contrast }) => contrast < 4.5);
}
