using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using static TorchSharp.torch;

namespace UniVG.Diffusion.Layers;

/// <summary>
/// A branch y = f(x, factors) of which only x and the factors are kept for the backward pass, which computes the branch again: a block
/// of a network has many activations, the ΔW of a LoHA is as large as the layer's weight. Gradients are those of the plain branch, also
/// of parameters that f holds itself.
/// </summary>
public sealed class RecomputedBranch : autograd.MultiTensorFunction<RecomputedBranch>
{
    private const string BranchData = "branch";
    private const string CountData = "count";
    private const int InputsBefore = 1; // the branch itself is the first argument

    private const string FailuresData = "failures";

    // Of each thread's branches, wherever their backward pass runs: on a GPU that is a thread of libtorch's.
    [ThreadStatic]
    private static ConcurrentQueue<Exception>? Failures;

    // libtorch takes its own reference to a returned gradient after the callback, so ours can go in the next one at the earliest.
    [ThreadStatic]
    private static List<Tensor>? Returned;

    // Without an input that needs a gradient there would be no node in the graph, even where parameters inside of f need one.
    private static readonly Lazy<Tensor> Anchor = new(() => zeros(1, requires_grad: true).DetachFromDisposeScope());

    /// <inheritdoc/>
    public override string Name => nameof(RecomputedBranch);

    /// <summary>Computes the branch; without gradients, simply that.</summary>
    /// <param name="branch">f; gives the same each time, and may be handed one tensor more than <paramref name="factors"/> has.</param>
    /// <param name="input">x.</param>
    /// <param name="factors">What else gradients flow to.</param>
    public static Tensor Apply(Func<Tensor, Tensor[], Tensor> branch, Tensor input, Tensor[] factors)
    {
        if (is_grad_enabled())
        {
            Tensor[] anchor = input.requires_grad || factors.Any(f => f.requires_grad) ? [] : [Anchor.Value];
            return apply([branch, input, .. factors, .. anchor])[0];
        }

        using var scope = NewDisposeScope();
        return branch(input, factors).MoveToOuterDisposeScope();
    }

    /// <summary>Computes the gradients of a loss whose branches this thread computed, and throws what failed in theirs, such as memory that ran out: no exception can leave the pass itself.</summary>
    public static void Differentiate(Tensor loss)
    {
        Failures?.Clear(); // of a pass that ended with an exception of its own
        loss.backward();
        if (Failures?.TryDequeue(out var failure) != true) return;
        Failures.Clear();
        throw new InvalidOperationException("The backward pass failed: " + failure!.Message, failure);
    }

    /// <inheritdoc/>
    public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var branch = (Func<Tensor, Tensor[], Tensor>)vars[0];
        Tensor[] tensors = [.. vars.Skip(InputsBefore).Cast<Tensor>()];
        ctx.save_data(BranchData, branch);
        ctx.save_data(CountData, vars.Length);
        ctx.save_data(FailuresData, Failures ??= []);
        ctx.set_materialize_grads(false);
        ctx.save_for_backward([.. tensors]);
        using var scope = NewDisposeScope();
        return [branch(tensors[0], tensors[1..]).MoveToOuterDisposeScope()];
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
    {
        // An exception that leaves a callback of the autograd engine ends the process.
        List<Tensor> gradients = [.. new Tensor[(int)ctx.get_data(CountData)]];
        try
        {
            if (grad_outputs[0] is not { IsInvalid: false } outer) return gradients;

            // Branches inside of this one come and go meanwhile.
            var made = Recompute(ctx, outer, gradients);
            Returned?.ForEach(gradient => gradient.Dispose());
            Returned = made;
        }
        catch (Exception e)
        {
            ((ConcurrentQueue<Exception>)ctx.get_data(FailuresData)).Enqueue(e);
            for (var i = 0; i < gradients.Count; i++) gradients[i] = null!;
        }

        return gradients;
    }

    private static List<Tensor> Recompute(autograd.AutogradContext ctx, Tensor outer, List<Tensor> gradients)
    {
        using var scope = NewDisposeScope();
        scope.Attach(outer);
        using var gradientMode = enable_grad();
        var leaves = ctx.get_saved_variables().Select(saved => saved.detach().requires_grad_(saved.requires_grad)).ToArray();
        var branch = (Func<Tensor, Tensor[], Tensor>)ctx.get_data(BranchData);
        var output = branch(leaves[0], leaves[1..]);
        if (!output.requires_grad) return [];
        autograd.backward([output], [outer]);
        if (Failures?.TryDequeue(out var inside) == true) ExceptionDispatchInfo.Throw(inside);

        var made = new List<Tensor>();
        for (var i = 0; i < leaves.Length; i++)
        {
            if (!leaves[i].requires_grad || leaves[i].grad is not { } gradient) continue;
            gradients[InputsBefore + i] = gradient;
            made.Add(gradient.DetachFromDisposeScope());
        }

        return made;
    }
}
