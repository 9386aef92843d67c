"""What axe finds wrong with a page; the contrast of a text is reckoned once for each of its looks."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CONTRAST = "color-contrast"
"""The rule that costs more than all others together: it looks up what is painted beneath each text."""
OF_COLOUR = [CONTRAST, "link-in-text-block"]
OF_LAYOUT = [*OF_COLOUR, "target-size", "scrollable-region-focusable"]
"""The rules that look where things are as well: all that another width can change while it shows the same things."""
SHOWS_THE_SAME = """
() => {
    const before = window.shownToAxe, now = [...document.body.querySelectorAll('*')]
        .filter(each => each.checkVisibility({ visibilityProperty: true }))
    window.shownToAxe = new Set(now)
    return before?.size === now.length && now.every(each => before.has(each))
}
"""
MARK = "data-look"
MARK_LOOKS = """
([mark, known]) => {
    const looks = new Set(known), painted = new Map()
    const beneath = each => {
        if (!each) return ''
        if (!painted.has(each)) {
            const s = getComputedStyle(each)
            painted.set(each, beneath(each.parentElement) + '/' + [
                s.backgroundColor, s.backgroundImage, s.opacity, s.filter, s.mixBlendMode,
                s.position, s.clip, s.clipPath, s.transform,
            ].filter(value => !['none', 'auto', 'normal', 'static', '1', 'rgba(0, 0, 0, 0)'].includes(value)))
        }
        return painted.get(each)
    }
    const own = each => [...each.childNodes].filter(node => node.nodeType === Node.TEXT_NODE)
        .map(node => node.textContent.trim()).join('')
    const look = (each, text) => {
        const s = getComputedStyle(each), box = each.getBoundingClientRect()
        return [
            s.color, s.fontSize, s.fontWeight, s.textShadow, beneath(each), each.type, text.length === 1,
            box.right > 0 && box.bottom > 0, !!each.closest('[disabled], [aria-disabled], label, fieldset[disabled]'),
        ].join(' ')
    }
    const fresh = []
    for (const each of document.body.querySelectorAll('*')) {
        const text = own(each) || (each.matches('input, select, textarea') ? 'field' : '')
        if (!text || !each.checkVisibility({ visibilityProperty: true })) continue
        const seen = look(each, text)
        if (looks.has(seen)) continue
        looks.add(seen)
        each.setAttribute(mark, '')
        fresh.push(seen)
    }
    return fresh
}
"""
RUN = """
async ([mark, contrast, rules]) => {
    axe.configure({ rules: [{ id: contrast, selector: `[${mark}]` }] })
    const { violations } = await axe.run(document, { runOnly: rules, resultTypes: ['violations'], preload: false })
    document.querySelectorAll(`[${mark}]`).forEach(each => each.removeAttribute(mark))
    return violations.flatMap(found =>
        found.nodes.map(node => `${found.id}: ${node.html} ${node.failureSummary}`))
}
"""
_looks: set[str] = set()
"""Every look of a text that has been reckoned: its colour, size and weight on what is painted beneath it."""


def findings(page: Page) -> list[str]:
    """What axe finds wrong, one line for each element."""
    return _found(page, {"type": "tag", "values": TAGS})


def findings_at_another_width(page: Page) -> list[str]:
    """What it finds wrong at one width after the other: by every rule, unless exactly the same things are shown."""
    if page.evaluate(SHOWS_THE_SAME):
        return _found(page, {"type": "rule", "values": OF_LAYOUT})
    return findings(page)


def findings_of_colour(page: Page) -> list[str]:
    """The same by the rules that look at colours: all that another colour scheme can change."""
    return _found(page, {"type": "rule", "values": OF_COLOUR})


def _found(page: Page, rules: dict[str, object]) -> list[str]:
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    _looks.update(page.evaluate(MARK_LOOKS, [MARK, sorted(_looks)]))
    return page.evaluate(RUN, [MARK, CONTRAST, rules])
