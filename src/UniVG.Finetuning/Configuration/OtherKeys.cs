namespace UniVG.Finetuning.Configuration;

/// <summary>Keys of kohya's trainer and SD-Trainer that there is no setting for.</summary>
internal static class OtherKeys
{
    /// <summary>Keys that decide how those programs work, not what is trained: memory, processes, accounts, what a log is called.</summary>
    public static IReadOnlySet<string> Meaningless { get; } = new HashSet<string>
    {
        "cache_info", "cache_latents", "cache_text_encoder_outputs", "config_file", "console_log_file", "console_log_level", "console_log_simple",
        "ddp_gradient_as_bucket_view", "ddp_static_graph", "ddp_timeout", "debug_dataset", "deepspeed", "disable_mmap_load_safetensors", "dynamo_backend", "fp8_base",
        "fused_backward_pass", "gpu_ids", "highvram", "huggingface_path_in_repo", "huggingface_repo_id", "huggingface_repo_type", "huggingface_repo_visibility", "huggingface_token",
        "log_config", "log_tracker_config", "log_tracker_name", "lowram", "max_data_loader_n_workers", "mem_eff_attn", "metadata_author", "metadata_description", "metadata_license",
        "metadata_tags", "metadata_title", "model_train_type", "no_half_vae", "no_metadata", "num_cpu_threads_per_process", "offload_optimizer_device", "output_config",
        "persistent_data_loader_workers", "resume_from_huggingface", "save_state_to_huggingface", "sdpa", "skip_cache_check", "skip_file_integrity_check", "tokenizer_cache_dir", "torch_compile",
        "training_comment", "vae_batch_size", "wandb_api_key", "wandb_run_name", "xformers",
    };

    /// <summary>Keys that would change the training, or what comes of it, and cannot be followed; off is fine.</summary>
    public static IReadOnlySet<string> Unsupported { get; } = new HashSet<string>
    {
        "async_upload", "bucket_by_aspect", "conditioning_data_dir", "dataset_class",
        "dim_from_weights", "face_crop_aug_range", "full_bf16", "full_fp16", "in_json", "initial_epoch", "initial_step", "masked_loss", "network_train_text_encoder_only",
        "network_weights", "resume", "sample_at_first", "sample_every_n_epochs", "sample_sampler", "save_last_n_epochs", "save_last_n_epochs_state",
        "save_last_n_steps", "save_n_epoch_ratio", "save_state_on_train_end", "skip_until_initial_step",
        "validate_every_n_epochs", "max_validation_steps", "weighted_captions", "lr_decay_steps", "lr_scheduler_args",
        "lr_scheduler_min_lr_ratio", "lr_scheduler_timescale", "lr_scheduler_type",
    };
}
