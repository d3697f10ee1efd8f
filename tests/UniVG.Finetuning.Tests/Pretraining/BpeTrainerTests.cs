using UniVG.Diffusion.Text;
using UniVG.Finetuning.Pretraining;

namespace UniVG.Finetuning.Tests.Pretraining;

public class BpeTrainerTests
{
    private static readonly string[] Corpus = ["retinal fundus, dense thin vessels", "cerebral angiogram, sparse thick vessels"];

    [Fact]
    public void Every_word_of_the_corpus_becomes_one_token()
    {
        var tokenizer = new ClipTokenizer(BpeTrainer.Train(Corpus, 1024));

        Assert.Equal(6, tokenizer.Tokenize("retinal fundus, dense thin vessels").Length);
    }

    [Fact]
    public void Unknown_words_are_spelt_and_the_frame_is_begin_and_end_of_text()
    {
        var vocabulary = BpeTrainer.Train(Corpus, 1024);
        var ids = new ClipTokenizer(vocabulary).Encode("zyx ü");

        Assert.Equal(77, ids.Length);
        Assert.Equal(vocabulary.Ids[ClipVocabulary.StartOfText], ids[0]);
        Assert.Equal(vocabulary.Ids[ClipVocabulary.EndOfText], ids[^1]);
        Assert.Equal(5, ids.Skip(1).TakeWhile(id => id != ids[^1]).Count());
    }

    [Fact]
    public void Same_corpus_gives_the_same_vocabulary() =>
        Assert.Equal(BpeTrainer.Train(Corpus, 600).Merges, BpeTrainer.Train(Corpus, 600).Merges);
}
