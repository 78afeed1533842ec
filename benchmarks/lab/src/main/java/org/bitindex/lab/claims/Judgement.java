package org.bitindex.lab.claims;

/**
 * One claim of the paper and what became of it.
 *
 * @param claim what it is about
 * @param claimed what the paper says
 * @param measured what was measured, with a 95 % confidence interval or a p-value
 * @param verdict by the rule of the claim
 * @param why what decided, and under which conditions it holds
 */
public record Judgement(
    String claim, String claimed, String measured, Verdict verdict, String why) {}
