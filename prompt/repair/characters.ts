/**
 * The characters that UTF-8 becomes when it is read as another encoding, for use inside a character class: what the
 * rules of `mojibake.ts` are about.
 *
 * Source: ftfy 6.3.1, `badness.py` and `chardata.py`.
 */

/** Occur in many contexts. */
export const COMMON = '\u00a0\u00ad´·–-―’…';
/** Control characters that nobody writes. */
export const C1 = '\u0080-\u009f';
/** Hardly ever written on purpose. */
export const BAD = '¤¦¨ª¬¯¸ºƒˆˇ˘˛˜†‡‰⌐◊\ufffd';
export const LAW = '§¶';
export const CURRENCY = '¢£¥₧€';
export const OPENING = '¡©«¿΄΅‘‚“„•‹\uf8ff';
export const CLOSING = '®»˝”›™';
export const NUMERIC = '±-³µ¹¼-¾×÷⁄№∂∆∏∑√∞∩∫≈≠≡≤≥';
/** Letters of kaomoji, which occur in odd contexts. */
export const KAOMOJI = '°Ò-ÖÙ-Üò-öø-üŌŐŪŲ';
export const UPPER_ACCENTED = 'À-ÑØÜÝĀĂĄĆČĎĐĒĖĘĚĞĢĪİĶĹĻĽŁŃŅŇŒŘŚŞŠŢŤŮŰŸŹŻŽҐ';
export const LOWER_ACCENTED = 'ß-ñüāăąćčďđēėęěğģīįķĺļľłœŕśşšťźżžґﬁﬂ';
export const UPPER_COMMON = 'ÞΆΈ-ΊΌΎΏΑ-ΫЁ-Я';
export const LOWER_COMMON = 'ά-ωа-џ';
/** Without the single horizontal line, which occurs in kaomoji. */
export const BOX = '│┌┐┘├┤┬┼═-╬▀▄█▌▐-▓';

/** What the first byte of a UTF-8 sequence of two, three and four bytes becomes. */
export const FIRST_OF_2 = 'Â-ßĀĂĆČĎĐĒĖĘĚĞĢĪİĶĹĻŁŃŅŇŌŐŘŚŞŠŢŪŮŰŲŹŻŽΒ-ΡΣ-ίВ-Я';
export const FIRST_OF_3 = 'à-ïāăąćčďēėęěģīįķĺļŕźΰ-οа-п';
export const FIRST_OF_4 = 'ðóđğšπσру';

/** What the other bytes become; a space, because programs replace a no-break space by one. */
export const CONTINUATION = ' \u0080-¿ÆØæøĄąĽľŁłŒœŖŗŚśŞ-šŤťŸ-žƒˆˇ˘˛-˝΄-ΆΈ-ΊΌΎΏЁ-ЌЎЏё-ќўџҐґ–-―‘-‚“-„†-•…‰‹›€№™';

/** Those that are not written in text for other reasons. */
export const STRICT_CONTINUATION = '\u0080-¿ÆØæøĄąĽľŁłŒœŖŗŚśŞ-šŤťŸ-žƒˆˇ˘˛-˝΄-ΆΈ-ΊΌΎΏЁ-ЌЎЏё-ќўџҐґ†‡‰‹›€№™';
