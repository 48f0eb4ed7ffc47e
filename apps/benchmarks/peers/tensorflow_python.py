import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import tensorflow as tf

from serve import Call, Training, floats, read_batches, read_layers, read_rows, serve

XLA = os.environ["BENCHMARK_XLA"] == "1"
EPSILON = 1e-5
DECAY = 0.9


def variables(work):
    return [{name: tf.Variable(v) for name, v in layer.items()} for layer in read_layers(work)]


def forward_train(layers, x):
    for layer in layers:
        x = tf.matmul(x, layer["weight"]) + layer["bias"]
        if "gamma" in layer:
            mean, variance = tf.nn.moments(x, axes=[0])
            layer["mean"].assign(DECAY * layer["mean"] + (1 - DECAY) * mean)
            layer["variance"].assign(DECAY * layer["variance"] + (1 - DECAY) * variance)
            x = tf.nn.relu(
                tf.nn.batch_normalization(x, mean, variance, layer["beta"], layer["gamma"], EPSILON)
            )
    return x


def forward_eval(layers, x):
    for layer in layers:
        x = tf.matmul(x, layer["weight"]) + layer["bias"]
        if "gamma" in layer:
            x = tf.nn.relu(
                tf.nn.batch_normalization(
                    x, layer["mean"], layer["variance"], layer["beta"], layer["gamma"], EPSILON
                )
            )
    return x


def sgd(trained, rate):
    def update(gradients):
        for value, gradient in zip(trained, gradients):
            value.assign_sub(rate * gradient)

    return update


def adam(trained, rate):
    m = [tf.Variable(tf.zeros_like(value)) for value in trained]
    v = [tf.Variable(tf.zeros_like(value)) for value in trained]
    power1, power2 = tf.Variable(1.0), tf.Variable(1.0)

    def update(gradients):
        power1.assign(power1 * 0.9)
        power2.assign(power2 * 0.999)
        for value, gradient, m_, v_ in zip(trained, gradients, m, v):
            m_.assign(0.9 * m_ + 0.1 * gradient)
            v_.assign(0.999 * v_ + 0.001 * tf.square(gradient))
            corrected = tf.sqrt(v_ / (1 - power2)) + 1e-8
            value.assign_sub(rate / (1 - power1) * m_ / corrected)

    return update


def training(work):
    layers = variables(work)
    trained = [layer[n] for layer in layers for n in ("weight", "bias", "gamma", "beta") if n in layer]
    update = {"sgd": sgd, "adam": adam}[work["optimizer"]](trained, work["learningRate"])
    batches = [(tf.constant(x), tf.constant(y)) for x, y in read_batches(work)]

    @tf.function(jit_compile=XLA)
    def step(x, y):
        with tf.GradientTape() as tape:
            logits = forward_train(layers, x)
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, logits))
        update(tape.gradient(loss, trained))
        return loss

    return Training(len(batches), lambda i: step(*batches[i]).numpy())


def inference(work):
    layers = [{name: tf.constant(v) for name, v in layer.items()} for layer in read_layers(work)]
    x = tf.constant(read_rows(work))
    # A concrete function looks for no other trace at each call.
    forward = tf.function(lambda x: forward_eval(layers, x), jit_compile=XLA).get_concrete_function(x)
    result = None

    def run():
        nonlocal result
        result = forward(x).numpy()

    return Call(run, lambda: result)


def matmul(work):
    m, k, n = work["m"], work["k"], work["n"]
    ta, tb = work["transposeA"], work["transposeB"]
    a = tf.constant(floats(work["a"]).reshape((k, m) if ta else (m, k)))
    b = tf.constant(floats(work["b"]).reshape((n, k) if tb else (k, n)))
    multiply = tf.function(
        lambda a, b: tf.matmul(a, b, transpose_a=ta, transpose_b=tb), jit_compile=XLA
    ).get_concrete_function(a, b)
    result = None

    def run():
        nonlocal result
        result = multiply(a, b).numpy()

    return Call(run, lambda: result)


serve(
    lambda: {"library": f"TensorFlow {tf.__version__}", "threads": os.cpu_count()},
    training=training,
    inference=inference,
    matmul=matmul,
)
