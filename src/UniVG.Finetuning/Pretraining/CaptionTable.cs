using UniVG.Diffusion.Text;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Pretraining;

/// <summary>The different captions of the training pictures, as tokens: none, the modality alone, and the full ones.</summary>
internal sealed class CaptionTable : IDisposable
{
    /// <summary>Collects the captions and learns their vocabulary.</summary>
    /// <param name="pictures">The pictures.</param>
    /// <param name="vocabularySize">The largest number of tokens.</param>
    public CaptionTable(PretrainingSet pictures, int vocabularySize)
    {
        Texts = [.. pictures.Captions.Concat(pictures.Modalities).Distinct().Order(StringComparer.Ordinal).Prepend("")];
        Vocabulary = BpeTrainer.Train(Texts, vocabularySize);
        var tokenizer = new ClipTokenizer(Vocabulary);
        var rows = Texts.Select((text, row) => (text, row)).ToDictionary(t => t.text, t => (long)t.row);
        Tokens = tensor(Texts.SelectMany(tokenizer.Encode).ToArray()).reshape(Texts.Count, -1).DetachFromDisposeScope();
        Full = tensor(pictures.Captions.Select(c => rows[c]).ToArray()).DetachFromDisposeScope();
        Short = tensor(pictures.Modalities.Select(m => rows[m]).ToArray()).DetachFromDisposeScope();
    }

    /// <summary>The M different captions; number 0 is the empty one.</summary>
    public IReadOnlyList<string> Texts { get; }

    /// <summary>The tokens they consist of.</summary>
    public ClipVocabulary Vocabulary { get; }

    /// <summary>(M, 77) token ids.</summary>
    public Tensor Tokens { get; }

    /// <summary>(N): the number of each picture's full caption.</summary>
    public Tensor Full { get; }

    /// <summary>(N): the number of the caption that only names each picture's modality.</summary>
    public Tensor Short { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Tokens.Dispose();
        Full.Dispose();
        Short.Dispose();
    }
}
