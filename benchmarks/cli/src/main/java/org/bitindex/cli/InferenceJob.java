package org.bitindex.cli;

import java.nio.file.Path;
import org.bitindex.io.IfExists;

/**
 * What an {@link InferenceEngine} is asked to do.
 *
 * @param model file of the encoded network, on this machine
 * @param input a path or URI of the samples, as the user wrote it
 * @param output a path or URI of the outputs, as the user wrote it
 * @param backend what multiplies, as {@link org.bitindex.backend.Backends#open(String, int)} names
 *     it
 * @param activationBits the most bits of an integer activation
 * @param options what only engines on several machines understand
 */
public record InferenceJob(
    Path model,
    String input,
    String output,
    IfExists ifExists,
    String backend,
    int activationBits,
    SparkOptions options) {}
